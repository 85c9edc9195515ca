package io.cioroutes.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.analytics.BigQueryStub;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Webhooks from the HTTP request to the bus and to BigQuery, through the routes as shipped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookRoutesTest {
    /** The first events find everything cold. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> TABLES = List.of("message_events", "subscription_events", "unrecognized_events");

    private BigQueryStub bigQuery;
    private WebhookApp app;
    private TestQueue everything;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        bigQuery = new BigQueryStub();
        app = WebhookApp.onTestBroker(directory, bigQuery.properties(), Map.of("cio.analytics.batch-interval", "100"));
        everything = TestQueue.subscribedTo("#");
    }

    /** What a test before this one was too slow to take is not this one's. */
    @BeforeEach
    void takeWhatIsLeft() throws IOException {
        everything.takeAll();
    }

    @AfterAll
    void stop() throws IOException {
        everything.close();
        app.close();
        bigQuery.close();
    }

    static Stream<WebhookCase> cases() {
        return WebhookCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reachesTheBusAndItsTable(WebhookCase webhook) throws IOException {
        String id = id(webhook);
        for (String table : TABLES) {
            bigQuery.rows(table).remove(id);
        }

        double routedBefore = routed(webhook.table());
        assertThat(app.send(webhook.body(), "Content-Type", "application/json")).isEqualTo(200);

        await().atMost(PATIENCE).until(() -> bigQuery.rows(webhook.table()).containsKey(id));
        assertThat(TABLES.stream().filter(table -> bigQuery.rows(table).containsKey(id)))
                .containsExactly(webhook.table());
        checkRow(webhook, bigQuery.rows(webhook.table()).get(id).deepCopy());

        List<GetResponse> events = everything.takeAll();
        assertThat(events).hasSize(1);
        GetResponse event = events.get(0);
        assertThat(event.getEnvelope().getRoutingKey()).isEqualTo(webhook.routingKey());
        assertThat(event.getBody()).isEqualTo(webhook.body());
        assertThat(event.getProps().getDeliveryMode()).isEqualTo(2);
        assertThat(event.getProps().getMessageId()).isEqualTo(id);
        await().atMost(PATIENCE).until(() -> routed(webhook.table()) - routedBefore >= 1);
    }

    private double routed(String table) {
        return app.bean(MeterRegistry.class)
                .get("cio.events.routed")
                .tag("table", table)
                .counter()
                .count();
    }

    /** An event without an id of its own gets one made of its signature. */
    private static String id(WebhookCase webhook) {
        return webhook.row().has("event_id")
                ? webhook.row().get("event_id").asText()
                : "hmac-" + RequestSignature.sign(WebhookApp.KEY, WebhookApp.SIGNED_AT, webhook.body());
    }

    private static void checkRow(WebhookCase webhook, ObjectNode row) throws IOException {
        assertThat(row.remove("received_at")).isNotNull();
        String text = text(webhook.body());
        JsonNode payload = row.remove("payload");
        if (payload != null) {
            assertThat(payload.asText()).isEqualTo(webhook.payload() == null ? text : webhook.payload());
        }
        if (webhook.table().equals("unrecognized_events")) {
            JsonNode rawBody = row.remove("raw_body");
            JsonNode rawBytes = row.remove("raw_bytes");
            if (text != null) {
                assertThat(rawBody.asText()).isEqualTo(text);
                assertThat(rawBytes).isNull();
            } else {
                assertThat(Base64.getDecoder().decode(rawBytes.asText())).isEqualTo(webhook.body());
                assertThat(rawBody).isNull();
            }
        } else {
            assertThat(payload).isNotNull();
        }
        for (String givenAtReceipt : List.of("event_id", "event_time")) {
            if (!webhook.row().has(givenAtReceipt)) {
                assertThat(row.remove(givenAtReceipt)).isNotNull();
            }
        }
        // Columns of type JSON hold text.
        if (row.has("headers")) {
            row.set("headers", JSON.readTree(row.get("headers").asText()));
        }
        assertThat(row).isEqualTo(webhook.row());
    }

    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Test
    void givesASubscriberWhatItBoundToAndNothingElse() throws IOException {
        try (TestQueue emails = TestQueue.subscribedTo("email.*")) {
            List<WebhookCase> events = WebhookCase.in("events").toList();
            events.forEach(event -> assertThat(app.send(event.body())).isEqualTo(200));
            await().atMost(PATIENCE).until(() -> everything.depth() == events.size());

            assertThat(emails.takeAll().stream().map(GetResponse::getBody))
                    .containsExactlyInAnyOrderElementsOf(events.stream()
                            .filter(event -> event.routingKey().startsWith("email."))
                            .map(WebhookCase::body)
                            .toList());
        }
    }

    static Stream<List<String>> contentTypes() {
        return Stream.of(
                List.of(),
                List.of("Content-Type", "application/x-www-form-urlencoded"),
                List.of("Content-Type", "multipart/form-data; boundary=x"),
                List.of("Content-Type", "text/plain; charset=UTF-16"),
                List.of("Content-Type", "application/json", "Content-Encoding", "gzip"));
    }

    @ParameterizedTest
    @MethodSource("contentTypes")
    void takesTheExactBytesWhateverTheirTypeIsSaidToBe(List<String> headers) throws IOException {
        for (byte[] body : List.of(
                "a=1&b=%20\r\n&c".getBytes(StandardCharsets.UTF_8),
                "--x\r\n\r\ntext\r\n--x--".getBytes(StandardCharsets.UTF_8),
                new byte[] {(byte) 0xff, (byte) 0xfe, 0, (byte) 0xc3, 0x28, '\r', '\n'})) {
            assertThat(app.send(body, headers.toArray(String[]::new))).isEqualTo(200);
            await().atMost(PATIENCE).until(() -> everything.depth() == 1);
            assertThat(everything.takeAll().get(0).getBody()).isEqualTo(body);
        }
    }

    @Test
    void takesChunkedBodies() throws IOException {
        byte[] body = "{\"chunked\":true}".repeat(5000).getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder chunked = app.webhook("1", RequestSignature.sign(WebhookApp.KEY, "1", body))
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
        assertThat(app.send(chunked)).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> everything.depth() == 1);
        assertThat(everything.takeAll().get(0).getBody()).isEqualTo(body);
    }

    @Test
    void refusesBodiesOverTheLimit() throws IOException {
        byte[] allowed = new byte[1_048_576];
        Arrays.fill(allowed, (byte) ' ');
        assertThat(app.send(allowed)).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> everything.depth() == 1);
        everything.takeAll();

        byte[] tooLarge = Arrays.copyOf(allowed, allowed.length + 1);
        assertThat(app.send(tooLarge)).isEqualTo(413);
        assertThat(app.send(app.webhook("1", RequestSignature.sign(WebhookApp.KEY, "1", tooLarge))
                        .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(tooLarge)))))
                .isEqualTo(413);
        assertNothingWasStored();
    }

    @Test
    void refusesWhatIsNotSigned() throws IOException {
        long before = answers("401");
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        assertThat(app.send(app.signed("old-key", "1", body))).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> everything.depth() == 1);
        everything.takeAll();

        assertThat(app.send(app.signed("another-key", "1", body))).isEqualTo(401);
        HttpRequest.Builder unsigned = HttpRequest.newBuilder(app.uri("/webhooks/customerio"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        assertThat(app.send(unsigned)).isEqualTo(401);
        assertNothingWasStored();
        // Counted when the answer is out.
        await().atMost(PATIENCE).until(() -> answers("401") - before == 2);
    }

    private long answers(String status) {
        return app.bean(MeterRegistry.class)
                .get("cio.webhooks")
                .tag("status", status)
                .timer()
                .count();
    }

    private void assertNothingWasStored() throws IOException {
        // What came later is through: then what came before would be, too.
        byte[] later = "later".getBytes(StandardCharsets.UTF_8);
        assertThat(app.send(later)).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> everything.depth() > 0);
        assertThat(everything.takeAll()).extracting(GetResponse::getBody).containsExactly(later);
    }

    @Test
    void allowsNoOtherMethods() {
        for (String method : List.of("GET", "PUT", "DELETE", "PATCH", "HEAD")) {
            HttpRequest.Builder request = app.webhook("1", "x").method(method, HttpRequest.BodyPublishers.noBody());
            assertThat(app.send(request)).describedAs(method).isEqualTo(405);
        }
    }

    @Test
    void askCustomerIoToComeBackSoonWhileTheRouteIsStopped() throws Exception {
        CamelContext camel = app.bean(CamelContext.class);
        byte[] body = "again".getBytes(StandardCharsets.UTF_8);
        camel.getRouteController().suspendRoute("receive");
        assertThat(app.send(body)).isEqualTo(503);
        camel.getRouteController().resumeRoute("receive");
        camel.getRouteController().stopRoute("receive");
        assertThat(app.send(body)).isEqualTo(503);
        camel.getRouteController().startRoute("receive");
        assertThat(app.send(body)).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> everything.depth() > 0);
        // A request that the stop caught half-way may be stored and answered 503 all the same: it comes again.
        assertThat(everything.takeAll()).extracting(GetResponse::getBody).contains(body);
    }
}
