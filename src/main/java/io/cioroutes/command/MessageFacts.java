package io.cioroutes.command;

/**
 * What AMQP says about a message besides its body.
 *
 * @param messageId the AMQP {@code message_id}; null or blank when the publisher set none
 * @param timestamp the AMQP {@code timestamp} in unix seconds; null when the publisher set none
 * @param receivedAt when the message was first received, in unix seconds; kept across retries
 * @param eventId the ULID of an event that has no id of its own, kept across retries; null for a new one each time
 */
public record MessageFacts(String messageId, Long timestamp, long receivedAt, String eventId) {

    /** Facts of a message that is understood only once. */
    public MessageFacts(String messageId, Long timestamp, long receivedAt) {
        this(messageId, timestamp, receivedAt, null);
    }
}
