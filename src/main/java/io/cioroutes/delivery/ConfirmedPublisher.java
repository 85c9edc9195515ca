package io.cioroutes.delivery;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** Publishes so that success means what it says: the broker has the message, in at least one queue, and said so. */
public final class ConfirmedPublisher implements AutoCloseable {

    /** For what follows a confirm; it may call the broker or a database. */
    private static final int THREADS = 4;

    private final RabbitTemplate routed;
    private final RabbitTemplate announced;
    private final Duration timeout;
    private final ExecutorService confirms = Executors.newFixedThreadPool(THREADS, ConfirmedPublisher::daemon);

    /**
     * Publishes on connections of its own: a broker that blocks publishers must still get acknowledgements.
     *
     * @param connections with correlated confirms and returns
     * @param timeout how long to wait for the broker's confirm
     */
    public ConfirmedPublisher(ConnectionFactory connections, Duration timeout) {
        this.routed = template(connections, true);
        this.announced = template(connections, false);
        this.timeout = timeout;
    }

    private static RabbitTemplate template(ConnectionFactory connections, boolean mandatory) {
        var template = new RabbitTemplate(connections);
        template.setMandatory(mandatory);
        template.setUsePublisherConnection(true);
        // What comes back is reported with its confirm.
        template.setReturnsCallback(returned -> {});
        return template;
    }

    /**
     * Publishes to somebody who must be there.
     *
     * @param exchange its name, empty for the default exchange
     * @param message not to be used again by the caller
     * @return completes, on a thread of its own, when the broker confirmed the message and routed it; fails with an
     *     {@link AmqpException} when it was refused, unroutable, or not confirmed in time (then it may or may not be in
     *     the queue)
     */
    public CompletableFuture<Void> publish(String exchange, String routingKey, Message message) {
        return send(routed, exchange, routingKey, message, timeout);
    }

    /** The same with this patience. */
    public CompletableFuture<Void> publish(String exchange, String routingKey, Message message, Duration patience) {
        return send(routed, exchange, routingKey, message, patience);
    }

    /** Publishes to whoever listens: as {@link #publish}, but a message for which there is no queue is no failure. */
    public CompletableFuture<Void> announce(String exchange, String routingKey, Message message) {
        return send(announced, exchange, routingKey, message, timeout);
    }

    private CompletableFuture<Void> send(
            RabbitTemplate template, String exchange, String routingKey, Message message, Duration patience) {
        var correlation = new CorrelationData();
        try {
            template.send(exchange, routingKey, message, correlation);
        } catch (AmqpException e) {
            return CompletableFuture.failedFuture(e);
        }
        String target = exchange.isEmpty() ? "queue " + routingKey : "exchange " + exchange;
        return correlation
                .getFuture()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                // A confirm comes on the thread that reads the connection. Who publishes again there may need a new
                // channel,
                // whose opening nobody would be left to read.
                .handleAsync(
                        (confirm, failure) -> {
                            if (correlation.getReturned() != null) {
                                throw new AmqpException(target + " routes the message to no queue: "
                                        + correlation.getReturned().getReplyText());
                            }
                            if (failure instanceof TimeoutException) {
                                throw new AmqpException(
                                        target + ": no confirm of the broker within " + patience.toSeconds() + " s",
                                        failure);
                            }
                            if (failure != null) {
                                throw new AmqpException(target + ": " + failure.getMessage(), failure);
                            }
                            if (!confirm.isAck()) {
                                throw new AmqpException(target + " refused the message: "
                                        + (confirm.getReason() == null ? "no reason given" : confirm.getReason()));
                            }
                            return null;
                        },
                        confirms);
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "confirms");
        thread.setDaemon(true);
        return thread;
    }

    /** Ends the threads; what is not confirmed by now stays undone. */
    @Override
    public void close() {
        confirms.shutdownNow();
    }
}
