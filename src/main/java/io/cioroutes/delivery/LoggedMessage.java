package io.cioroutes.delivery;

import org.slf4j.MDC;

/**
 * Puts a message's id, queue and command into the fields of what is logged about it, so that one message can be followed
 * through JSON logs. Only around the log calls themselves: a message that nothing is logged about costs nothing.
 */
final class LoggedMessage {

    /** AMQP {@code message_id}. */
    static final String ID = "message_id";

    /** The queue that it was consumed from. */
    static final String QUEUE = "queue";

    /** The command's routing key. */
    static final String COMMAND = "command";

    private LoggedMessage() {}

    /** Logs something about a command; the fields are there while {@code logging} runs. */
    static void about(Command command, Runnable logging) {
        // A message without id gets no such field.
        MDC.put(ID, command.delivery().properties().getMessageId());
        MDC.put(QUEUE, command.delivery().queue());
        MDC.put(COMMAND, command.name());
        try {
            logging.run();
        } finally {
            MDC.remove(ID);
            MDC.remove(QUEUE);
            MDC.remove(COMMAND);
        }
    }
}
