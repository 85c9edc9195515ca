package io.cioroutes.delivery;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** Publishes so that success means what it says: the broker has the message, in at least one queue, and said so. */
public final class ConfirmedPublisher implements AutoCloseable {

    /** For what follows a confirm; it may call the broker or a database. */
    private static final int THREADS = 4;

    private final RabbitTemplate template;
    private final Duration timeout;
    private final ExecutorService confirms = Executors.newFixedThreadPool(THREADS, ConfirmedPublisher::daemon);

    /**
     * @param template with correlated confirms and {@code mandatory}
     * @param timeout how long to wait for the broker's confirm
     */
    public ConfirmedPublisher(RabbitTemplate template, Duration timeout) {
        this.template = template;
        this.timeout = timeout;
    }

    /** Publishes a message with the usual patience. */
    public CompletableFuture<Void> publish(String exchange, String routingKey, Message message) {
        return publish(exchange, routingKey, message, timeout);
    }

    /**
     * Publishes a message.
     *
     * @param patience how long to wait for the broker's confirm
     * @return completes, on a thread of its own, when the broker confirmed the message and routed it; fails with an
     *     {@link AmqpException} when it was refused, unroutable, or not confirmed in time (then it may or may not be in
     *     the queue)
     */
    public CompletableFuture<Void> publish(String exchange, String routingKey, Message message, Duration patience) {
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
                // A confirm comes on the thread that reads the connection. Who publishes again there may need a new channel,
                // whose opening nobody would be left to read.
                .handleAsync((confirm, failure) -> {
                    if (correlation.getReturned() != null) {
                        throw new AmqpException(target + " routes the message to no queue: "
                                + correlation.getReturned().getReplyText());
                    }
                    if (failure instanceof TimeoutException) {
                        throw new AmqpException(
                                target + ": no confirm of the broker within " + patience.toSeconds() + " s", failure);
                    }
                    if (failure != null) {
                        throw new AmqpException(target + ": " + failure.getMessage(), failure);
                    }
                    if (!confirm.isAck()) {
                        throw new AmqpException(target + " refused the message: "
                                + (confirm.getReason() == null ? "no reason given" : confirm.getReason()));
                    }
                    return null;
                }, confirms);
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
