package io.cioroutes.cli.demo;

import io.cioroutes.command.CommandType;

/**
 * One message of the demonstration.
 *
 * @param command its command
 * @param messageId its AMQP message id
 * @param body its body
 * @param fate what should become of it
 * @param number its {@code seq}, by which it is told at the sandbox; -1 for a body that cannot carry one, or that is not
 *     meant to arrive
 */
record Sample(CommandType command, String messageId, byte[] body, Fate fate, int number) {
    /** What should become of a message. */
    enum Fate {
        DELIVERED,
        /** Dead-lettered by the service. */
        INVALID,
        /** Dead-lettered because Customer.io refuses it. */
        REJECTED
    }
}
