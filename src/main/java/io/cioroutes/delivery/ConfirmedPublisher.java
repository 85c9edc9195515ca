package io.cioroutes.delivery;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** Publishes so that success means what it says: the broker has the message, in at least one queue, and said so. */
public final class ConfirmedPublisher {

    private final RabbitTemplate routed;
    private final RabbitTemplate announced;
    private final long timeoutMillis;

    /**
     * Publishes on connections of its own: a broker that blocks publishers must still get acknowledgements.
     *
     * @param connections with correlated confirms and returns
     * @param timeoutMillis how long to wait for the broker's confirm
     */
    public ConfirmedPublisher(ConnectionFactory connections, long timeoutMillis) {
        this.routed = template(connections, true);
        this.announced = template(connections, false);
        this.timeoutMillis = timeoutMillis;
    }

    private static RabbitTemplate template(ConnectionFactory connections, boolean mandatory) {
        var template = new RabbitTemplate(connections);
        template.setMandatory(mandatory);
        template.setUsePublisherConnection(true);
        return template;
    }

    /**
     * Publishes to somebody who must be there.
     *
     * @param exchange its name, empty for the default exchange
     * @param message not to be used again by the caller
     * @return completes when the broker confirmed the message and routed it; fails with an {@link AmqpException} when it
     *     was refused, unroutable, or not confirmed in time (then it may or may not be in the queue)
     */
    public CompletableFuture<Void> publish(String exchange, String routingKey, Message message) {
        return send(routed, exchange, routingKey, message);
    }

    /** Publishes to whoever listens: as {@link #publish}, but a message for which there is no queue is no failure. */
    public CompletableFuture<Void> announce(String exchange, String routingKey, Message message) {
        return send(announced, exchange, routingKey, message);
    }

    private CompletableFuture<Void> send(RabbitTemplate template, String exchange, String routingKey, Message message) {
        var correlation = new CorrelationData();
        try {
            template.send(exchange, routingKey, message, correlation);
        } catch (AmqpException e) {
            return CompletableFuture.failedFuture(e);
        }
        String target = exchange.isEmpty() ? "queue " + routingKey : "exchange " + exchange;
        return correlation
                .getFuture()
                .orTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .handle((confirm, failure) -> {
                    if (correlation.getReturned() != null) {
                        throw new AmqpException(target + " routes the message to no queue: "
                                + correlation.getReturned().getReplyText());
                    }
                    if (failure instanceof TimeoutException) {
                        throw new AmqpException(
                                target + ": no confirm of the broker within " + timeoutMillis + " ms", failure);
                    }
                    if (failure != null) {
                        throw new AmqpException(target + ": " + failure.getMessage(), failure);
                    }
                    if (!confirm.isAck()) {
                        throw new AmqpException(target + " refused the message: "
                                + (confirm.getReason() == null ? "no reason given" : confirm.getReason()));
                    }
                    return null;
                });
    }
}
