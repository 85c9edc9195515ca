package io.cioroutes.command;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A valid command.
 *
 * @param messageId what names the message; null when nothing does
 * @param fallbackEventId the ULID of an event where nothing names the message; null for a new one
 * @param time when it happened, in unix seconds
 */
record Command(ObjectNode body, String messageId, String fallbackEventId, long time) {

    /** The ULID that an event carries to Customer.io. */
    String eventId() {
        return EventId.of(messageId, fallbackEventId);
    }
}
