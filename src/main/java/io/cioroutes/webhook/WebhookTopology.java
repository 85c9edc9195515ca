package io.cioroutes.webhook;

import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Exchange and queues of the webhooks, by name.
 *
 * <pre>
 * receive --&gt; cio.webhooks --&gt; route --&gt; cio.events (topic) --&gt; queues of whoever subscribes
 *                                   --&gt; cio.analytics --&gt; store
 * </pre>
 */
@Configuration(proxyBeanMethods = false)
public class WebhookTopology {
    /** The event bus: topic exchange, routing key {@code <object_type>.<metric>}. */
    public static final String EVENTS = "cio.events";

    /** Accepted webhooks, not routed yet. */
    public static final String WEBHOOKS = "cio.webhooks";

    /** Events on their way to the analytics store. */
    public static final String ANALYTICS = "cio.analytics";

    /** The dead-letter queue of one of the queues above. */
    public static String deadLetterQueue(String queue) {
        return queue + ".dlq";
    }

    @Bean
    Declarables webhookExchangesAndQueues(WebhookProperties properties) {
        return new Declarables(
                new TopicExchange(EVENTS),
                deadLetters(WEBHOOKS),
                queue(WEBHOOKS, properties.deliveryLimit()),
                deadLetters(ANALYTICS),
                queue(ANALYTICS, properties.deliveryLimit()));
    }

    private static Queue queue(String name, int deliveryLimit) {
        return QueueBuilder.durable(name)
                .quorum()
                .deliveryLimit(deliveryLimit)
                .deadLetterExchange("")
                .deadLetterRoutingKey(deadLetterQueue(name))
                // A dead letter leaves its queue only after its copy was confirmed; works only with reject-publish.
                .withArgument("x-dead-letter-strategy", "at-least-once")
                .overflow(QueueBuilder.Overflow.rejectPublish)
                .build();
    }

    private static Queue deadLetters(String queue) {
        return QueueBuilder.durable(deadLetterQueue(queue))
                .quorum()
                .deliveryLimit(Integer.MAX_VALUE)
                .build();
    }
}
