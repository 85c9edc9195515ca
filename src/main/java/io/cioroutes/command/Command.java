package io.cioroutes.command;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A valid command.
 *
 * @param messageId what names the message; null when nothing does
 * @param time when it happened, in unix seconds
 */
record Command(ObjectNode body, String messageId, long time) {}
