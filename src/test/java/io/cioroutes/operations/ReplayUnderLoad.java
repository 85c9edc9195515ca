package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.cioroutes.sandbox.Fault;
import io.cioroutes.sandbox.SandboxServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * So many commands are refused; the cause is removed; while as many new ones flow, and some of them become dead letters,
 * the old ones are listed and replayed. All arrive, and each once.
 */
final class ReplayUnderLoad {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String TRACK = "{\"userId\": \"u%1$d\", \"name\": \"order\", \"data\": {\"seq\": %1$d}}";
    private static final String DEAD = "/actuator/deadletters/track";

    private final String broker;
    private final SandboxServer sandbox;
    private final BiFunction<String, String, JsonNode> operator;

    /**
     * @param broker AMQP URI
     * @param operator calls a path as an operator: by GET, or by POST where there is a body
     */
    ReplayUnderLoad(String broker, SandboxServer sandbox, BiFunction<String, String, JsonNode> operator) {
        this.broker = broker;
        this.sandbox = sandbox;
        this.operator = operator;
    }

    void run(int count, int invalid) throws Exception {
        sandbox.fault(Fault.status(400).path("/api/v2/batch"));
        publish(TRACK, 1, count);
        await().atMost(PATIENCE).until(() -> deadLetters() == count);
        sandbox.fault();
        long begin = System.nanoTime();

        CompletableFuture<Void> traffic = CompletableFuture.runAsync(() -> publish(TRACK, count + 1, count));
        Set<String> listed = new HashSet<>();
        JsonNode page;
        int offset = 0;
        do {
            page = operator.apply(DEAD + "?limit=500&offset=" + offset, null);
            listed.addAll(page.path("letters").findValuesAsText("id"));
            offset = page.path("next").asInt();
        } while (offset > 0);
        long listing = System.nanoTime();
        assertThat(listed).hasSize(count);

        CompletableFuture<Void> failing =
                CompletableFuture.runAsync(() -> publish("{\"userId\": \"u%d\"}", 1_000_000, invalid));
        JsonNode outcome = operator.apply(DEAD, "{\"reason\": \"rejected\"}");
        long replaying = System.nanoTime();
        assertThat(outcome.path("done").intValue()).as(outcome.toString()).isEqualTo(count);
        assertThat(outcome.path("complete").booleanValue()).isTrue();
        traffic.join();
        failing.join();

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(sandbox.stats().sequence().distinct()).isEqualTo(2L * count));
        await().atMost(PATIENCE).until(() -> deadLetters() == invalid);
        System.out.printf(
                "%d dead letters listed in %d ms and replayed in %d ms while %d commands flowed; all delivered after %d ms%n",
                count, millis(listing - begin), millis(replaying - listing), count, millis(System.nanoTime() - begin));
        assertThat(sandbox.missing(1, 2 * count)).isEmpty();
        assertThat(sandbox.stats().sequence().duplicates()).isZero();
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }

    private Connection connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker);
        return factory.newConnection("test");
    }

    private int deadLetters() throws Exception {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            return channel.queueDeclarePassive("cio.track.dlq").getMessageCount();
        }
    }

    private void publish(String body, int from, int count) {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            for (int i = from; i < from + count; i++) {
                channel.basicPublish(
                        "cio",
                        "track",
                        true,
                        new AMQP.BasicProperties.Builder()
                                .deliveryMode(2)
                                .messageId("m" + i)
                                .build(),
                        body.formatted(i).getBytes(StandardCharsets.UTF_8));
                if (i % 200 == 0) {
                    channel.waitForConfirmsOrDie(PATIENCE.toMillis());
                }
            }
            channel.waitForConfirmsOrDie(PATIENCE.toMillis());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
