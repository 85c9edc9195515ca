package io.cioroutes.command;

/**
 * What AMQP says about a message besides its body.
 *
 * @param messageId the AMQP {@code message_id}; null or blank when the publisher set none
 * @param timestamp the AMQP {@code timestamp} in unix seconds; null when the publisher set none
 * @param receivedAt when the message was first received, in unix seconds; kept across retries
 */
public record MessageFacts(String messageId, Long timestamp, long receivedAt) {}
