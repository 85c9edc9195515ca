package io.cioroutes.command;

import java.util.List;

/**
 * What one message means to Customer.io.
 *
 * @param messageId the AMQP {@code message_id}, else the body's {@code id}; null when the publisher gave neither
 * @param time when it happened, in unix seconds
 * @param operations the operations, in the order in which they must be accepted: each one is sent after the one before
 *     was accepted
 */
public record Translation(String messageId, long time, List<Operation> operations) {
    public Translation {
        operations = List.copyOf(operations);
    }
}
