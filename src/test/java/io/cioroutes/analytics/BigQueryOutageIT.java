package io.cioroutes.analytics;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.analytics.BigQueryStub.Failure;
import io.cioroutes.webhook.TestQueue;
import io.cioroutes.webhook.WebhookApp;
import io.cioroutes.webhook.WebhookTopology;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * BigQuery takes nothing for half a minute while webhooks go on coming: with Google's real client, every event is in its
 * table once, and none in a dead-letter queue.
 */
class BigQueryOutageIT {
    /** What it answers meanwhile, one after the other, for as long each. */
    private static final List<Failure> FAILURES = List.of(
            new Failure(503, "backendError"),
            new Failure(403, "quotaExceeded"),
            new Failure(404, "notFound"),
            // Of all rows, so that none is at fault: the dataset's name, for example.
            new Failure(400, "invalid"));

    private static final Duration OUTAGE = Duration.ofSeconds(30);

    /** Every tenth webhook comes twice. */
    private static final int COPIED = 10;

    private final List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger events = new AtomicInteger();

    @Test
    void everyEventOfHalfAMinuteIsStoredOnce(@TempDir Path directory) throws Exception {
        ScheduledExecutorService customerio = Executors.newSingleThreadScheduledExecutor();
        try (BigQueryStub bigQuery = new BigQueryStub();
                WebhookApp app = WebhookApp.onTestBroker(
                        directory,
                        bigQuery.properties(),
                        Map.of(
                                "cio.analytics.retry-delay", "500",
                                "cio.bigquery.breaker.wait", "1",
                                // So short that events go back to their queue several times.
                                "cio.webhook.hold", "3s"));
                TestQueue buffer = TestQueue.named(WebhookTopology.ANALYTICS);
                TestQueue deadLetters = TestQueue.named(WebhookTopology.deadLetterQueue(WebhookTopology.ANALYTICS))) {
            customerio.scheduleAtFixedRate(() -> sendOne(app), 0, 15, MILLISECONDS);
            await().until(() -> !bigQuery.rows("message_events").isEmpty());
            for (Failure failure : FAILURES) {
                bigQuery.outage(failure);
                int stored = bigQuery.rows("message_events").size();
                await().during(OUTAGE.dividedBy(FAILURES.size()))
                        .atMost(OUTAGE)
                        .until(() -> bigQuery.rows("message_events").size() == stored);
            }
            bigQuery.outage(null);
            int before = events.get();
            await().until(() -> events.get() > before + 50);
            customerio.shutdown();
            assertThat(customerio.awaitTermination(10, SECONDS)).isTrue();

            // A slow machine sends fewer than one each 15 ms.
            assertThat(answers).hasSizeGreaterThan(200).containsOnly(200);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> bigQuery.rows("message_events").size() >= events.get() && buffer.depth() == 0);
            assertThat(bigQuery.rows("message_events").values())
                    .extracting(row -> row.get("event_id").asText())
                    .doesNotHaveDuplicates()
                    .hasSize(events.get());
            assertThat(deadLetters.depth()).isZero();
        } finally {
            customerio.shutdownNow();
        }
    }

    private void sendOne(WebhookApp app) {
        int number = events.getAndIncrement();
        byte[] webhook =
                """
                {"event_id":"event-%d","object_type":"email","metric":"sent","timestamp":1760000000,"data":{}}"""
                        .formatted(number)
                        .getBytes(StandardCharsets.UTF_8);
        answers.add(app.send(webhook));
        if (number % COPIED == 0) {
            answers.add(app.send(webhook));
        }
    }
}
