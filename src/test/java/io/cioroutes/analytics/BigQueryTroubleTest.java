package io.cioroutes.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import io.cioroutes.analytics.BigQueryStub.Failure;
import io.cioroutes.webhook.QueuedWebhook;
import io.cioroutes.webhook.TestQueue;
import io.cioroutes.webhook.WebhookApp;
import io.cioroutes.webhook.WebhookTopology;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.RouteController;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.actuate.health.Status;

/**
 * Google's real client against a BigQuery that fails: every event ends in its table once, none in the dead-letter queue
 * but those that BigQuery finds invalid.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BigQueryTroubleTest {
    private static final String TABLE = "message_events";

    private BigQueryStub bigQuery;
    private WebhookApp app;
    private TestQueue buffer;
    private TestQueue deadLetters;
    private int next;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        bigQuery = new BigQueryStub();
        app = WebhookApp.onTestBroker(
                directory,
                bigQuery.properties(),
                Map.of(
                        "cio.analytics.batch-interval", "200",
                        "cio.analytics.retry-delay", "100",
                        "cio.bigquery.breaker.wait", "1",
                        "cio.observe.store-interval", "100ms",
                        // So short that an outage outlasts it: then events go back to the queue.
                        "cio.webhook.hold", "1s"));
        buffer = TestQueue.named(WebhookTopology.ANALYTICS);
        deadLetters = TestQueue.named(WebhookTopology.deadLetterQueue(WebhookTopology.ANALYTICS));
    }

    @AfterAll
    void stop() throws IOException {
        buffer.close();
        deadLetters.close();
        app.close();
        bigQuery.close();
    }

    @AfterEach
    void worksAgain() {
        bigQuery.outage(null);
        bigQuery.refuseRows(row -> false);
    }

    static Stream<Failure> failures() {
        return Stream.of(
                new Failure(500, "internalError"),
                new Failure(502, "badGateway"),
                new Failure(503, "backendError"),
                new Failure(429, "rateLimitExceeded"),
                new Failure(403, "quotaExceeded"),
                new Failure(403, "rateLimitExceeded"),
                new Failure(401, "authError"),
                new Failure(404, "notFound"),
                // Of all rows, so that none is at fault: the dataset's name, for example.
                new Failure(400, "invalid"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void storesEachEventAfterSingleFailures(Failure failure) throws IOException {
        bigQuery.failNext(failure, failure, failure);
        assertAreStored(queue(50));
        assertThat(deadLetters.takeAll()).isEmpty();
    }

    @Test
    void sparesBigQueryTheCallsDuringAnOutage() throws IOException {
        List<String> events = queue(5);
        assertAreStored(events);
        bigQuery.outage(new Failure(503, "backendError"));
        int before = bigQuery.requests();
        List<String> late = queue(2000);
        // Four batches, retried every 100 ms for 3 s, would be 120 calls.
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(() -> bigQuery.requests() - before < 30);
        bigQuery.outage(null);
        assertAreStored(late);
    }

    @Test
    void oneBadRowOf500IsDeadLetteredAndTheOthersAreStored() throws Exception {
        bigQuery.refuseRows(row -> row.get("event_id").asText().startsWith("bad"));
        double storedBefore = rows("stored");
        double rejectedBefore = rows("rejected");
        List<String> good = new ArrayList<>();
        List<Integer> sizes = batchesOf(() -> {
            good.addAll(queue(300));
            queueOne("bad-row");
            good.addAll(queue(199));
        });
        assertThat(sizes).allMatch(size -> size <= 500);

        assertAreStored(good);
        await().until(() -> deadLetters.depth() == 1);
        GetResponse dead = deadLetters.takeAll().get(0);
        assertThat(bigQuery.rows(TABLE)).doesNotContainKey("bad-row");
        assertThat(new String(dead.getBody(), StandardCharsets.UTF_8)).isEqualTo(body("bad-row"));
        assertThat(dead.getProps().getMessageId()).isEqualTo("bad-row");
        assertThat(TestQueue.header(dead, "x-cio-reason")).isEqualTo("rejected");
        assertThat(TestQueue.header(dead, "x-cio-error")).contains("invalid", "told to refuse it");
        assertThat(TestQueue.header(dead, "x-cio-queue")).isEqualTo("cio.analytics");
        assertThat(TestQueue.header(dead, "x-cio-attempts")).isEqualTo("1");
        assertThat(Instant.parse(TestQueue.header(dead, "x-cio-failed-at"))).isBeforeOrEqualTo(Instant.now());
        assertThat(TestQueue.header(dead, QueuedWebhook.TABLE)).isEqualTo(TABLE);
        await().untilAsserted(() -> assertThat(rows("stored") - storedBefore).isEqualTo(499));
        assertThat(rows("rejected") - rejectedBefore).isEqualTo(1);
    }

    private double rows(String outcome) {
        return app.bean(MeterRegistry.class)
                .get("cio.rows")
                .tags("table", TABLE, "outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void healthSaysThatBigQueryDoesNotAnswer() {
        StoreHealth health = app.bean(StoreHealth.class);
        await().until(() -> health.health().getStatus().equals(Status.UP));

        bigQuery.outage(new Failure(403, "accessDenied"));

        await().until(() -> health.health().getStatus().equals(Status.DOWN));
        assertThat(health.health().getDetails().get("cause").toString()).contains("accessDenied", "cio.analytics");
    }

    @Test
    void rowsThatMakeTheRequestTooLargeAreSplitOff() throws IOException {
        List<String> events = queue(20);
        bigQuery.failNext(new Failure(413, "requestTooLarge"), new Failure(413, "requestTooLarge"));
        assertAreStored(events);
        assertThat(deadLetters.takeAll()).isEmpty();
    }

    @Test
    void insertsInBatches() throws Exception {
        List<String> events = new ArrayList<>();
        List<Integer> sizes = batchesOf(() -> events.addAll(queue(1100)));
        assertAreStored(events);
        // How full they are depends on how fast events come within the interval.
        assertThat(sizes).allMatch(size -> size <= 500).anyMatch(size -> size > 1);
    }

    /** The sizes of the first requests when all events are in the queue before the store takes them. */
    private List<Integer> batchesOf(Queueing queueing) throws Exception {
        RouteController routes = app.bean(CamelContext.class).getRouteController();
        int before = bigQuery.batchSizes().size();
        routes.stopRoute("store");
        queueing.run();
        routes.startRoute("store");
        await().until(() -> bigQuery.batchSizes().size() >= before + 2);
        List<Integer> sizes = bigQuery.batchSizes();
        return sizes.subList(before, sizes.size());
    }

    private interface Queueing {
        void run() throws IOException;
    }

    @Test
    void anEventThatComesThreeTimesIsThereOnce() throws IOException {
        String event = "copy-" + next++;
        for (int i = 0; i < 3; i++) {
            queueOne(event);
        }
        assertAreStored(List.of(event));
    }

    /** Puts new events into the buffer queue, as the router does, and returns their ids. */
    private List<String> queue(int count) throws IOException {
        List<String> events =
                IntStream.range(0, count).mapToObj(i -> "event-" + next++).toList();
        for (String event : events) {
            queueOne(event);
        }
        return events;
    }

    private void queueOne(String event) throws IOException {
        QueuedWebhook webhook =
                new QueuedWebhook(body(event).getBytes(StandardCharsets.UTF_8), event, Instant.now(), TABLE);
        buffer.publish(webhook.toMessage());
    }

    private static String body(String event) {
        return """
                {"event_id":"%s","object_type":"email","metric":"sent","timestamp":1760000000,"data":{"delivery_id":"%s"}}"""
                .formatted(event, event);
    }

    private void assertAreStored(List<String> events) throws IOException {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> bigQuery.rows(TABLE).keySet().containsAll(events));
        for (String event : events) {
            assertThat(bigQuery.rows(TABLE).get(event).get("delivery_id").asText())
                    .isEqualTo(event);
        }
        // Everything is settled: nothing is left for another consumer.
        await().until(() -> buffer.depth() == 0);
        assertThat(Set.copyOf(events)).hasSameSizeAs(events);
    }
}
