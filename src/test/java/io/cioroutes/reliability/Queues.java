package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.command.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/** Looks into the broker's queues. A look opens a new connection where the last one is gone: the broker may have been away. */
final class Queues {

    private final String uri;
    private final List<String> retryQueues;
    private Connection connection;

    /** @param delays what {@code cio.retry.delays} is, such as {@code 1s,2s} */
    Queues(String uri, String delays) {
        this.uri = uri;
        this.retryQueues =
                Arrays.stream(delays.split(",")).map("cio.retry."::concat).toList();
    }

    /** A dead letter: its number, and what the service says about it. */
    record DeadLetter(String id, String reason, int status, int attempts, String error, GetResponse message) {
        @Override
        public String toString() {
            return id + " " + reason + ": " + error;
        }
    }

    @FunctionalInterface
    private interface Look<T> {
        T at(Channel channel) throws Exception;
    }

    private synchronized <T> T look(Look<T> look) {
        try {
            if (connection == null || !connection.isOpen()) {
                ConnectionFactory factory = new ConnectionFactory();
                factory.setUri(uri);
                factory.setAutomaticRecoveryEnabled(false);
                connection = factory.newConnection("test");
            }
            try (Channel channel = connection.createChannel()) {
                return look.at(channel);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Messages in the queue that no consumer holds. */
    long ready(String queue) {
        return look(channel -> channel.messageCount(queue));
    }

    /** Messages in the retry queues. */
    long parked() {
        return look(channel -> {
            long parked = 0;
            for (String queue : retryQueues) {
                parked += channel.messageCount(queue);
            }
            return parked;
        });
    }

    /** A queue that is not the service's. */
    String declareTemporary() {
        String name = "test-" + UUID.randomUUID();
        look(channel -> channel.queueDeclare(name, false, false, false, null));
        return name;
    }

    void delete(String queue) {
        look(channel -> channel.queueDelete(queue));
    }

    /** Takes all dead letters of a command. */
    List<DeadLetter> takeDeadLetters(CommandType type) {
        return look(channel -> {
            List<DeadLetter> letters = new ArrayList<>();
            for (GetResponse got = channel.basicGet(type.deadLetterQueue(), true);
                    got != null;
                    got = channel.basicGet(type.deadLetterQueue(), true)) {
                letters.add(read(got));
            }
            return letters;
        });
    }

    private static DeadLetter read(GetResponse message) {
        var headers = message.getProps().getHeaders();
        return new DeadLetter(
                message.getProps().getMessageId(),
                String.valueOf(headers.get("x-cio-reason")),
                headers.get("x-cio-status") instanceof Number status ? status.intValue() : 0,
                headers.get("x-cio-attempts") instanceof Number attempts ? attempts.intValue() : 0,
                String.valueOf(headers.get("x-cio-error")),
                message);
    }

    /** Waits until nothing waits in any queue of the service, dead letters included. */
    void awaitEmpty() {
        await("empty queues").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(filled())
                .isEmpty());
    }

    /** Every queue of the service that holds something, with how many. */
    TreeMap<String, Long> filled() {
        return look(channel -> {
            TreeMap<String, Long> counts = new TreeMap<>();
            for (CommandType type : CommandType.values()) {
                counts.put(type.queue(), channel.messageCount(type.queue()));
                counts.put(type.deadLetterQueue(), channel.messageCount(type.deadLetterQueue()));
            }
            for (String queue : retryQueues) {
                counts.put(queue, channel.messageCount(queue));
            }
            counts.values().removeIf(count -> count == 0);
            return counts;
        });
    }
}
