package io.cioroutes.delivery;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.stereotype.Component;

/** Publishes messages and says when the broker has taken responsibility for them. */
@Component
public class ConfirmedPublisher {
    private final RabbitTemplate routed;
    private final RabbitTemplate announced;

    ConfirmedPublisher(ConnectionFactory connections) {
        this.routed = template(connections, true);
        this.announced = template(connections, false);
    }

    private static RabbitTemplate template(ConnectionFactory connections, boolean mandatory) {
        RabbitTemplate template = new RabbitTemplate(connections);
        template.setMandatory(mandatory);
        template.setUsePublisherConnection(true);
        return template;
    }

    /**
     * Publishes to somebody who must be there.
     *
     * @param exchange exchange name, empty for the default exchange
     * @param routingKey routing key; the queue's name on the default exchange
     * @param message the message; not to be used again by the caller
     * @return done when the broker confirmed the message and at least one queue took it; fails otherwise
     */
    public CompletableFuture<Void> publish(String exchange, String routingKey, Message message) {
        return send(routed, exchange, routingKey, message);
    }

    /**
     * Publishes to whoever listens: as {@link #publish}, but a message that no queue is bound to is no failure.
     *
     * @return done when the broker confirmed the message; fails otherwise
     */
    public CompletableFuture<Void> announce(String exchange, String routingKey, Message message) {
        return send(announced, exchange, routingKey, message);
    }

    private static CompletableFuture<Void> send(
            RabbitTemplate template, String exchange, String routingKey, Message message) {
        CorrelationData correlation = new CorrelationData(UUID.randomUUID().toString());
        try {
            template.send(exchange, routingKey, message, correlation);
        } catch (AmqpException e) {
            return CompletableFuture.failedFuture(e);
        }
        return correlation.getFuture().thenAccept(confirm -> {
            if (correlation.getReturned() != null) {
                throw new AmqpException(
                        "No queue took the message published to '" + exchange + "' with key '" + routingKey + "'");
            }
            if (!confirm.isAck()) {
                throw new AmqpException("The broker refused the message published to '" + exchange + "' with key '"
                        + routingKey + "': " + confirm.getReason());
            }
        });
    }
}
