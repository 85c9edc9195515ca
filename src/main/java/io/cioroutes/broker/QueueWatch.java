package io.cioroutes.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Asks the broker now and then how many messages and consumers each queue has, by declaring it passively, which any AMQP
 * broker answers and which touches no message. Gauges {@code cio.queue.messages}, {@code cio.queue.consumers} and
 * {@code cio.queue.nonempty} (seconds); they are NaN while the broker does not answer.
 *
 * <p>AMQP does not tell how old a message is. A queue that was seen empty holds nothing older than that, so the time
 * since then bounds the age of its oldest message.
 */
final class QueueWatch {

    private static final Logger LOG = LoggerFactory.getLogger(QueueWatch.class);

    private final ConnectionFactory connections;
    private final List<Watched> queues;

    /** A queue as it was last seen. */
    private static final class Watched {
        private final String name;
        private volatile double messages = Double.NaN;
        private volatile double consumers = Double.NaN;
        private volatile boolean missing;
        private volatile long emptyAt;

        Watched(String name) {
            this.name = name;
        }

        void seen(AMQP.Queue.DeclareOk answer) {
            if (answer.getMessageCount() == 0 || emptyAt == 0) {
                emptyAt = System.nanoTime();
            }
            missing = false;
            messages = answer.getMessageCount();
            consumers = answer.getConsumerCount();
        }

        void unknown() {
            messages = Double.NaN;
            consumers = Double.NaN;
        }

        /** Seconds. */
        double nonEmpty() {
            if (Double.isNaN(messages) || messages == 0) {
                return messages;
            }
            return (double) (System.nanoTime() - emptyAt) / TimeUnit.SECONDS.toNanos(1);
        }
    }

    QueueWatch(ConnectionFactory connections, List<Declarables> topology, MeterRegistry meters) {
        this.connections = connections;
        this.queues = topology.stream()
                .flatMap(group -> group.getDeclarablesByType(Queue.class).stream())
                .map(queue -> new Watched(queue.getName()))
                .toList();
        for (Watched queue : queues) {
            gauge(meters, queue, "cio.queue.messages", null, "Messages that wait in the queue", q -> q.messages);
            gauge(meters, queue, "cio.queue.consumers", null, "Consumers of all instances", q -> q.consumers);
            gauge(
                    meters,
                    queue,
                    "cio.queue.nonempty",
                    "seconds",
                    "Time since this instance last saw the queue empty: no message in it has waited longer",
                    Watched::nonEmpty);
        }
    }

    private static void gauge(
            MeterRegistry meters,
            Watched queue,
            String name,
            String unit,
            String description,
            ToDoubleFunction<Watched> value) {
        Gauge.builder(name, queue, value)
                .tag("queue", queue.name)
                .tag("kind", kind(queue.name))
                .baseUnit(unit)
                .description(description)
                .register(meters);
    }

    private static String kind(String queue) {
        if (queue.endsWith(".dlq")) {
            return "dead-letters";
        }
        if (queue.startsWith("cio.retry.")) {
            return "retry";
        }
        return BrokerTopology.COMMANDS.stream().map(BrokerTopology::queue).anyMatch(queue::equals)
                ? "commands"
                : "events";
    }

    /** Queues that were not there when last asked for. */
    List<String> missing() {
        return queues.stream()
                .filter(queue -> queue.missing)
                .map(queue -> queue.name)
                .toList();
    }

    /** Asks for every queue once. */
    @Scheduled(fixedDelayString = "${cio.observe.queue-interval}")
    void look() {
        try {
            Connection connection = connections.createConnection().getDelegate();
            Channel channel = connection.createChannel();
            try {
                for (Watched queue : queues) {
                    if (!channel.isOpen()) {
                        channel = connection.createChannel();
                    }
                    look(channel, queue);
                }
            } finally {
                if (channel.isOpen()) {
                    channel.close();
                }
            }
        } catch (AmqpException | IOException | TimeoutException | ShutdownSignalException e) {
            queues.forEach(Watched::unknown);
            LOG.debug("The broker does not say how many messages wait", e);
        }
    }

    private static void look(Channel channel, Watched queue) throws IOException {
        try {
            queue.seen(channel.queueDeclarePassive(queue.name));
        } catch (IOException e) {
            queue.unknown();
            queue.missing = e.getCause() instanceof ShutdownSignalException signal
                    && signal.getReason() instanceof AMQP.Channel.Close close
                    && close.getReplyCode() == AMQP.NOT_FOUND;
            // The embedded broker locks a queue for a moment while it is being made or deleted.
            LOG.debug("The broker does not answer for {}", queue.name, e);
        }
    }
}
