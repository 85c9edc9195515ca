package io.cioroutes.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.NoCredentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.BigQueryOptions;
import io.cioroutes.analytics.BigQueryStub.Failure;
import io.cioroutes.webhook.QueuedWebhook;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The search for bad rows, with Google's client. */
class BigQueryIsolationTest {
    private final BigQueryStub stub = new BigQueryStub();
    private final BigQueryProperties properties = new BigQueryProperties(
            BigQueryStub.PROJECT,
            BigQueryStub.DATASET,
            stub.properties().get("cio.bigquery.endpoint"),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));
    private final BigQuery bigQuery = BigQueryOptions.newBuilder()
            .setProjectId(properties.project())
            .setHost(properties.endpoint())
            .setCredentials(NoCredentials.getInstance())
            .build()
            .getService();
    private final BigQueryIsolation isolation = new BigQueryIsolation(bigQuery, properties, null);

    @AfterEach
    void stop() {
        stub.close();
    }

    private static List<PendingRow> rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    String body =
                            """
                            {"event_id":"event-%d","object_type":"email","metric":"sent","timestamp":1760000000,"data":{}}"""
                                    .formatted(i);
                    return PendingRow.of(
                            new QueuedWebhook(
                                    body.getBytes(StandardCharsets.UTF_8), "", Instant.now(), "message_events"),
                            null);
                })
                .toList();
    }

    @Test
    void findsOneBadRowOf500WithOneRequest() {
        List<PendingRow> rows = rows(500);
        stub.refuseRows(row -> row.get("event_id").asText().equals("event-250"));
        Map<PendingRow, String> rejected = isolation.insertWithoutBadRows(rows);
        assertThat(rejected).containsOnlyKeys(rows.get(250));
        assertThat(rejected.get(rows.get(250))).contains("invalid", "told to refuse it");
        assertThat(stub.rows("message_events")).hasSize(499);
        assertThat(stub.requests()).isEqualTo(1);
    }

    @Test
    void findsARowThatMakesBigQueryRefuseTheWholeRequest() {
        List<PendingRow> rows = rows(500);
        stub.refuseRequestsWith(row -> row.get("event_id").asText().equals("event-123"));
        Map<PendingRow, String> rejected = isolation.insertWithoutBadRows(rows);
        assertThat(rejected).containsOnlyKeys(rows.get(123));
        assertThat(stub.rows("message_events")).hasSize(499);
        assertThat(stub.requests()).isLessThan(25);
    }

    @Test
    void blamesNoRowWhenNoneIsTaken() {
        stub.outage(new Failure(400, "invalid"));
        assertThatThrownBy(() -> isolation.insertWithoutBadRows(rows(500))).isInstanceOf(BigQueryException.class);
        assertThatThrownBy(() -> isolation.insertWithoutBadRows(rows(1))).isInstanceOf(BigQueryException.class);
        assertThat(stub.requests()).isLessThan(40);
    }

    @Test
    void blamesNoRowThatIsTakenTheSecondTime() {
        // The batch, its first half and so on down to one row; then the fault is mended.
        stub.failNext(new Failure(400, "invalid"), new Failure(400, "invalid"), new Failure(400, "invalid"));
        assertThat(isolation.insertWithoutBadRows(rows(4))).isEmpty();
        assertThat(stub.rows("message_events")).hasSize(4);
    }

    @Test
    void blamesARowThatIsTooLargeAlone() {
        stub.outage(new Failure(413, "requestTooLarge"));
        assertThat(isolation.insertWithoutBadRows(rows(1))).hasSize(1);
    }

    @Test
    void givesUpDuringAnOutage() {
        stub.outage(new Failure(503, "backendError"));
        assertThatThrownBy(() -> isolation.insertWithoutBadRows(rows(500))).isInstanceOf(BigQueryException.class);
        assertThat(stub.requests()).isEqualTo(1);
    }

    @Test
    void triesRowsAgainThatBigQueryWasOnlyTooBusyFor() {
        stub.tooBusyOnceFor(row -> row.get("event_id").asText().endsWith("7"));
        assertThat(isolation.insertWithoutBadRows(rows(50))).isEmpty();
        assertThat(stub.rows("message_events")).hasSize(50);
        assertThat(stub.requests()).isEqualTo(2);
    }
}
