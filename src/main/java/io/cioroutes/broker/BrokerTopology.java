package io.cioroutes.broker;

import java.util.ArrayList;
import java.util.List;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.FanoutExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Every exchange, queue and binding of the commands, by name.
 *
 * <pre>
 * cio (topic) --track--&gt; cio.track ··dead letters··&gt; cio.track.dlq
 * cio.retry.30s (fanout) --&gt; cio.retry.30s ··after 30 s··&gt; cio, routing key as it was
 * </pre>
 *
 * The dead-letter exchanges never change a routing key, each wait has a queue of its own and no exchange is bound to
 * another: so the same shape works on RabbitMQ and on the embedded broker.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({BrokerProperties.class, RetryProperties.class})
public class BrokerTopology {
    /** The topic exchange of all commands; the routing key is the command. */
    public static final String EXCHANGE = "cio";

    /** The commands, as they appear in routing keys and queue names. */
    static final List<String> COMMANDS = List.of(
            "identify", "track", "transactional", "broadcast", "suppress", "unsuppress", "delete", "user", "entity");

    /**
     * High enough to be none. RabbitMQ 4 drops what came back 20 times from a queue without a limit of its own, and an
     * operator who looks at dead letters makes each of them come back. Its -1 for no limit makes RabbitMQ 3 drop a
     * message the first time.
     */
    private static final int NO_DELIVERY_LIMIT = Integer.MAX_VALUE;

    /** The queue of a command, for example {@code cio.track}. */
    public static String queue(String command) {
        return EXCHANGE + "." + command;
    }

    /** The dead-letter queue of a command, for example {@code cio.track.dlq}; reached through the default exchange. */
    public static String deadLetterQueue(String command) {
        return queue(command) + ".dlq";
    }

    /**
     * The routing key that brings a message from a retry queue home: a command's queue is bound to the exchange by the
     * command, the queue of a flow by its own name.
     */
    public static String homeKey(String queue) {
        String prefix = EXCHANGE + ".";
        String command = queue.startsWith(prefix) ? queue.substring(prefix.length()) : queue;
        return COMMANDS.contains(command) ? command : queue;
    }

    /**
     * Whether RabbitMQ wrote the header about what became of the message ({@code x-death} and the like). Whoever
     * publishes such a message once more must leave these headers out: RabbitMQ 3 takes a message for a loop, and drops
     * it, when it expires in a retry queue and its {@code x-death} names the queue that it is on its way to.
     *
     * @param header name of a message header
     */
    public static boolean isWrittenByBroker(String header) {
        return header.equals("x-death")
                || header.startsWith("x-first-death-")
                || header.startsWith("x-last-death-")
                || header.equals("x-delivery-count");
    }

    @Bean
    RetrySteps retrySteps(RetryProperties properties) {
        return new RetrySteps(properties.delays());
    }

    @Bean
    Declarables commandTopology(BrokerProperties properties) {
        TopicExchange exchange = new TopicExchange(EXCHANGE);
        List<Declarable> all = new ArrayList<>(List.of(exchange));
        for (String command : COMMANDS) {
            Queue deadLetters = deadLetters(deadLetterQueue(command));
            Queue queue = work(queue(command), deadLetters.getName(), properties.deliveryLimit());
            Binding binding = BindingBuilder.bind(queue).to(exchange).with(command);
            all.addAll(List.of(deadLetters, queue, binding));
        }
        return new Declarables(all);
    }

    /** Grows with the routes that consume from other queues; see {@link FlowTopology}. */
    @Bean
    FlowTopology flowTopology(BrokerProperties properties) {
        return new FlowTopology(properties.deliveryLimit());
    }

    /** A delay that is taken out of the settings leaves its queue behind: what waits there still comes home. */
    @Bean
    Declarables retryTopology(RetrySteps steps) {
        List<Declarable> all = new ArrayList<>();
        for (RetryStep step : steps.all()) {
            FanoutExchange exchange = new FanoutExchange(step.exchange());
            Queue queue = safeDeadLettering(QueueBuilder.durable(step.exchange()))
                    .withArgument("x-message-ttl", step.delay().toMillis())
                    .deadLetterExchange(EXCHANGE)
                    .build();
            all.addAll(List.of(exchange, queue, BindingBuilder.bind(queue).to(exchange)));
        }
        return new Declarables(all);
    }

    /**
     * A durable quorum queue for what waits for a person: nothing is ever dropped from it.
     *
     * @param name the queue's name
     */
    public static Queue deadLetters(String name) {
        return QueueBuilder.durable(name)
                .quorum()
                .deliveryLimit(NO_DELIVERY_LIMIT)
                .build();
    }

    /** A durable quorum queue of messages that are to be delivered. */
    static Queue work(String name, String deadLetterQueue, int deliveryLimit) {
        return safeDeadLettering(QueueBuilder.durable(name))
                .deliveryLimit(deliveryLimit)
                .deadLetterExchange("")
                .deadLetterRoutingKey(deadLetterQueue)
                .build();
    }

    /** RabbitMQ removes a message only after its copy was confirmed, and works so only together with reject-publish. */
    private static QueueBuilder safeDeadLettering(QueueBuilder queue) {
        return queue.quorum()
                .withArgument("x-dead-letter-strategy", "at-least-once")
                .overflow(QueueBuilder.Overflow.rejectPublish);
    }
}
