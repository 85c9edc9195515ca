package io.cioroutes.cli.demo;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.broker.BrokerTopology;
import io.cioroutes.command.CommandType;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** Looks into dead-letter queues and leaves everything there. */
final class DeadLetters {
    /**
     * Why a message is there.
     *
     * @param command its command
     * @param reason header {@code x-cio-reason}
     * @param error header {@code x-cio-error}
     */
    record DeadLetter(CommandType command, String reason, String error) {}

    private final Connection connection;

    DeadLetters(Connection connection) {
        this.connection = connection;
    }

    /**
     * Finds the dead letters of these messages, whatever else is in the queues.
     *
     * @return by message id
     */
    Map<String, DeadLetter> of(List<Sample> messages) throws IOException {
        Map<String, Sample> wanted = new HashMap<>();
        messages.forEach(message -> wanted.put(message.messageId(), message));
        Map<String, DeadLetter> found = new HashMap<>();
        for (CommandType command : CommandType.values()) {
            look(command, wanted, found);
        }
        return found;
    }

    private void look(CommandType command, Map<String, Sample> wanted, Map<String, DeadLetter> found)
            throws IOException {
        try (Channel channel = connection.createChannel()) {
            String queue = BrokerTopology.deadLetterQueue(command.routingKey());
            // Taken without acknowledgement: all goes back when the channel closes.
            for (GetResponse next = channel.basicGet(queue, false);
                    next != null;
                    next = channel.basicGet(queue, false)) {
                String id = Objects.requireNonNullElse(next.getProps().getMessageId(), "");
                if (wanted.containsKey(id)) {
                    Map<String, Object> headers = next.getProps().getHeaders();
                    found.put(
                            id,
                            new DeadLetter(
                                    command,
                                    String.valueOf(headers.get("x-cio-reason")),
                                    String.valueOf(headers.get("x-cio-error"))));
                }
            }
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }

    /** Messages that wait in the queues of all commands, not yet taken by the service. */
    long waiting() throws IOException {
        try (Channel channel = connection.createChannel()) {
            long count = 0;
            for (CommandType command : CommandType.values()) {
                count += channel.messageCount(command.queue());
            }
            return count;
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }
}
