package io.cioroutes.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSimulatorTest {
    private static final JsonMapper JSON = new JsonMapper();

    private final List<JsonNode> received = new CopyOnWriteArrayList<>();
    private final RequestSignature signature =
            new RequestSignature(List.of("key"), Duration.ofMinutes(1), Clock.systemUTC());
    private volatile int answer = 200;
    private final AtomicInteger leftOut = new AtomicInteger();
    private final WebhookSimulator.Listener listener = new WebhookSimulator.Listener() {
        @Override
        public void leftOut() {
            leftOut.incrementAndGet();
        }
    };
    private HttpServer server;
    private WebhookSimulator simulator;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", this::receive);
        server.start();
        simulator = new WebhookSimulator(
                URI.create("http://localhost:" + server.getAddress().getPort() + "/webhooks/customerio"),
                "key",
                new WebhookSimulator.Options(Duration.ZERO, 1, () -> 100_000, 4, 100, 1500),
                Clock.systemUTC(),
                listener);
    }

    @AfterEach
    void stop() {
        simulator.close();
        server.stop(0);
    }

    private void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        int status = answer;
        try {
            signature.verify(
                    exchange.getRequestHeaders().getFirst("X-CIO-Timestamp"),
                    exchange.getRequestHeaders().getFirst("X-CIO-Signature"),
                    body);
            if (status == 200) {
                received.add(JSON.readTree(body));
            }
        } catch (InvalidSignatureException e) {
            status = 401;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static SentMessage email(int number, String undeliverable) {
        return new SentMessage(
                "email",
                "delivery-" + number,
                SentMessage.Source.TRANSACTIONAL,
                "44",
                null,
                "user-" + number,
                "user" + number + "@example.com",
                "cio" + number,
                "user" + number + "@example.com",
                "Hello",
                undeliverable);
    }

    /** Each event once: as Customer.io does, the simulator sends an event again whose answer it has not got. */
    private Set<String> reported() {
        return received.stream().map(event -> event.get("event_id").asText()).collect(Collectors.toSet());
    }

    private Map<String, List<JsonNode>> byMetric() {
        return received.stream()
                .collect(Collectors.groupingBy(event -> event.get("metric").asText()));
    }

    @Test
    void reportsSignedEventsInPlausibleProportions() {
        IntStream.range(0, 1000).forEach(i -> simulator.accepted(email(i, null)));
        await().atMost(Duration.ofSeconds(60)).until(() -> simulator.open() == 0);

        assertThat(received).hasSize((int) simulator.taken());
        assertThat(received.stream().map(event -> event.get("event_id").asText()))
                .doesNotHaveDuplicates();
        Map<String, List<JsonNode>> events = byMetric();
        assertThat(events.get("sent")).hasSize(1000);
        assertThat(events.get("delivered")).hasSizeBetween(960, 995);
        assertThat(events.get("bounced")).hasSize(1000 - events.get("delivered").size());
        assertThat(events.get("opened")).hasSizeBetween(500, 900);
        assertThat(events.get("clicked")).hasSizeBetween(100, 300);
        assertThat(events.get("converted")).hasSizeBetween(15, 70);
        assertThat(events.get("opened").stream()
                        .filter(event -> event.at("/data/prefetched").asBoolean()))
                .hasSizeBetween(180, 320);
        assertThat(events.get("unsubscribed").stream()
                        .map(event -> event.get("object_type").asText()))
                .contains("email", "customer");
        JsonNode sent = events.get("sent").get(0);
        assertThat(sent.at("/data/transactional_message_id").intValue()).isEqualTo(44);
        assertThat(sent.at("/data/delivery_id").asText()).startsWith("delivery-");
        assertThat(sent.at("/data/identifiers/cio_id").asText()).startsWith("cio");
    }

    @Test
    void keepsTheOrderOfAMessagesEvents() {
        IntStream.range(0, 50).forEach(i -> simulator.accepted(email(i, null)));
        await().until(() -> simulator.open() == 0);
        received.stream()
                .filter(event -> event.at("/data/delivery_id").isTextual())
                .collect(Collectors.groupingBy(
                        event -> event.at("/data/delivery_id").asText()))
                .forEach((delivery, events) -> {
                    assertThat(events.get(0).get("metric").asText()).isEqualTo("sent");
                    assertThat(events.get(1).get("metric").asText()).isIn("delivered", "bounced");
                });
    }

    @Test
    void reportsWhyAMessageWasNotSent() {
        simulator.accepted(email(1, "suppressed"));
        await().until(() -> simulator.open() == 0);
        assertThat(received).hasSize(1);
        assertThat(received.get(0).get("metric").asText()).isEqualTo("dropped");
        assertThat(received.get(0).at("/data/failure_message").asText()).isEqualTo("suppressed");
    }

    @Test
    void triesUntilTheEventIsTaken() {
        answer = 503;
        simulator.accepted(email(1, "suppressed"));
        await().during(Duration.ofSeconds(1)).until(() -> simulator.open() == 1 && received.isEmpty());
        answer = 200;
        await().until(() -> simulator.open() == 0);
        assertThat(received).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"push", "sms", "whatsapp", "in_app", "slack", "webhook"})
    void knowsEveryChannel(String channel) {
        SentMessage message = new SentMessage(
                channel, "d", SentMessage.Source.BROADCAST, "9", 3L, "user-42", null, null, "to", null, null);
        IntStream.range(0, 30).forEach(i -> simulator.accepted(message));
        await().until(() -> simulator.open() == 0);
        assertThat(byMetric().get("sent")).hasSize(30).allSatisfy(event -> {
            assertThat(event.get("object_type").asText()).isEqualTo(channel);
            assertThat(event.at("/data/broadcast_id").intValue()).isEqualTo(9);
            assertThat(event.at("/data/trigger_id").intValue()).isEqualTo(3);
        });
    }

    @Test
    void tellsTheSameStoriesForTheSameSeed() {
        Map<String, List<String>> first = stories();
        received.clear();
        simulator.close();
        simulator = new WebhookSimulator(
                URI.create("http://localhost:" + server.getAddress().getPort() + "/"),
                "key",
                new WebhookSimulator.Options(Duration.ofMillis(2), 1, () -> 100_000, 2, 3, 1500),
                Clock.systemUTC(),
                listener);
        assertThat(stories()).isEqualTo(first);
    }

    /** The metrics of each delivery, in order. */
    private Map<String, List<String>> stories() {
        IntStream.range(0, 100).forEach(i -> simulator.accepted(email(i, null)));
        await().until(() -> simulator.open() == 0);
        return received.stream()
                .filter(event -> event.at("/data/delivery_id").isTextual())
                .collect(Collectors.groupingBy(
                        event -> event.at("/data/delivery_id").asText(),
                        TreeMap::new,
                        Collectors.mapping(event -> event.get("metric").asText(), Collectors.toList())));
    }

    @Test
    void keepsABoundedNumberAndReportsThoseToTheEnd() {
        answer = 503;
        IntStream.range(0, 100).forEach(i -> simulator.accepted(email(i, "suppressed")));
        await().until(() -> simulator.open() == 100);
        IntStream.range(0, 2000).forEach(i -> simulator.accepted(email(1000 + i, "suppressed")));
        int kept = 2100 - leftOut.get();
        assertThat(leftOut).hasPositiveValue();
        assertThat(kept).isBetween(1500, 1600);
        answer = 200;
        await().atMost(Duration.ofSeconds(20)).until(() -> simulator.open() == 0);
        assertThat(reported()).hasSize(kept);
    }

    @Test
    void reportsABroadcastOnePersonAfterTheOther() {
        AtomicInteger asked = new AtomicInteger();
        answer = 503;
        simulator.accepted(
                IntStream.range(0, 1000)
                        .mapToObj(i -> {
                            asked.incrementAndGet();
                            return email(i, "suppressed");
                        })
                        .iterator(),
                Duration.ofMillis(50));
        await().until(() -> asked.get() > 0);
        assertThat(asked.get()).isLessThanOrEqualTo(200);
        answer = 200;
        await().atMost(Duration.ofSeconds(20)).until(() -> asked.get() == 1000 && simulator.open() == 0);
        assertThat(reported()).hasSize(1000);
    }
}
