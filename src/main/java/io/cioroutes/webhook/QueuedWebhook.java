package io.cioroutes.webhook;

import java.time.Instant;
import org.apache.camel.Message;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;

/**
 * A webhook as it lies in the queues: the body byte for byte, and what was known when it came in.
 *
 * @param body the bytes that Customer.io sent
 * @param id AMQP {@code message_id}: the event's id, or, before anybody looked into the body, its signature
 * @param receivedAt when it was received
 * @param table the analytics table chosen for it, or null while it is not routed
 */
public record QueuedWebhook(byte[] body, String id, Instant receivedAt, String table) {
    /** Header with the time of receipt in unix milliseconds. */
    public static final String RECEIVED_AT = "x-cio-received-at";

    /** Header with the analytics table. */
    public static final String TABLE = "x-cio-table";

    /** Reads a message that a route took from a queue. */
    public static QueuedWebhook of(Message message) {
        byte[] body = message.getBody(byte[].class);
        Long received = message.getHeader(RECEIVED_AT, Long.class);
        return new QueuedWebhook(
                body == null ? new byte[0] : body,
                message.getHeader(SpringRabbitMQConstants.MESSAGE_ID, String.class),
                received == null ? Instant.now() : Instant.ofEpochMilli(received),
                message.getHeader(TABLE, String.class));
    }

    /** The same webhook under the event's own id. */
    public QueuedWebhook identified(String eventId) {
        return new QueuedWebhook(body, eventId, receivedAt, table);
    }

    /** The same webhook with its table. */
    public QueuedWebhook routed(String toTable) {
        return new QueuedWebhook(body, id, receivedAt, toTable);
    }

    /** The message to publish: persistent, as new on every call. */
    public org.springframework.amqp.core.Message toMessage() {
        MessageProperties properties = new MessageProperties();
        properties.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
        properties.setContentType(MessageProperties.CONTENT_TYPE_JSON);
        properties.setMessageId(id);
        properties.setHeader(RECEIVED_AT, receivedAt.toEpochMilli());
        if (table != null) {
            properties.setHeader(TABLE, table);
        }
        return new org.springframework.amqp.core.Message(body, properties);
    }
}
