package io.cioroutes.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cioroutes.webhook.QueuedWebhook;
import io.cioroutes.webhook.WebhookCase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class LocalStoreTest {
    private static final AnalyticsProperties PROPERTIES = new AnalyticsProperties(
            new AnalyticsProperties.Local(DataSize.ofMegabytes(256), 2),
            new AnalyticsProperties.Query(1000, Duration.ofSeconds(1)),
            500);
    private static final Instant RECEIVED = Instant.parse("2025-10-09T12:00:00Z");

    private Path file;
    private LocalStore store;

    @BeforeEach
    void open(@TempDir Path directory) {
        file = directory.resolve("new/analytics.duckdb");
        store = LocalStore.open(file, PROPERTIES);
    }

    @AfterEach
    void close() throws SQLException {
        store.close();
    }

    private static PendingRow row(String table, String json) {
        return PendingRow.of(
                new QueuedWebhook(json.getBytes(StandardCharsets.UTF_8), "fallback", RECEIVED, table), null);
    }

    private static PendingRow message(String id, String metric, String data) {
        return row(
                "message_events",
                """
                {"event_id":"%s","object_type":"email","metric":"%s","timestamp":1760000000,"data":{%s}}"""
                        .formatted(id, metric, data));
    }

    private static PendingRow subscription(String id, String metric, long time, String person, String data) {
        return row(
                "subscription_events",
                """
                {"event_id":"%s","object_type":"customer","metric":"%s","timestamp":%d,
                "data":{"identifiers":{"cio_id":"%s"}%s}}"""
                        .formatted(id, metric, time, person, data));
    }

    private void insert(PendingRow... rows) throws SQLException {
        assertThat(store.insert(List.of(rows))).isEmpty();
    }

    /** The rows of a query, each as column to value. */
    private List<Map<String, Object>> query(String sql) throws SQLException {
        QueryResult result = store.query(sql);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (List<Object> values : result.rows()) {
            Map<String, Object> row = new LinkedHashMap<>();
            for (int i = 0; i < values.size(); i++) {
                row.put(result.columns().get(i), values.get(i));
            }
            rows.add(row);
        }
        return rows;
    }

    @Test
    void holdsEveryWebhook() throws SQLException {
        List<WebhookCase> cases = WebhookCase.all().toList();
        int number = 0;
        for (WebhookCase webhook : cases) {
            QueuedWebhook queued = new QueuedWebhook(webhook.body(), "fallback-" + number++, RECEIVED, webhook.table());
            assertThat(store.insert(List.of(PendingRow.of(queued, null))))
                    .describedAs(webhook.name())
                    .isEmpty();
        }
        for (String table : TableSchema.ALL.keySet()) {
            assertThat(query("select count(*) as n from " + table).get(0).get("n"))
                    .isEqualTo(cases.stream()
                            .filter(webhook -> webhook.table().equals(table))
                            .count());
        }
        assertThat(query("select recipients[1].failure_message as why from message_events"
                                + " where metric = 'bounced' and object_type = 'push'")
                        .get(0))
                .containsEntry("why", "MismatchSenderId");
        assertThat(query("select headers->>'$.X-Custom-Header[0]' as header, payload->>'$.metric' as metric"
                                + " from message_events where headers is not null")
                        .get(0))
                .containsEntry("header", "custom-value")
                .containsEntry("metric", "sent");
        byte[] notText = cases.stream()
                .filter(webhook -> webhook.name().equals("not_utf8"))
                .findFirst()
                .orElseThrow()
                .body();
        assertThat(query("select hex(raw_bytes) as bytes from unrecognized_events where raw_bytes is not null"))
                .extracting(row -> row.get("bytes"))
                .containsExactly(HexFormat.of().withUpperCase().formatHex(notText));
    }

    @Test
    void keepsTheFirstOfCopies() throws SQLException {
        insert(message("a", "sent", "\"subject\":\"first\""), message("a", "sent", "\"subject\":\"same batch\""));
        insert(message("a", "sent", "\"subject\":\"later\""), message("b", "sent", ""));
        assertThat(query("select event_id, subject from message_events order by 1"))
                .extracting(row -> row.get("event_id") + "=" + row.get("subject"))
                .containsExactly("a=first", "b=null");
    }

    @Test
    void leavesOutOnlyTheRowThatItCannotHold() throws SQLException {
        PendingRow good = message("good", "sent", "");
        // Without a time, which a table needs.
        Map<String, Object> values = Map.of("event_id", "bad", "object_type", "email", "metric", "sent");
        PendingRow bad = new PendingRow(good.schema(), values, good.webhook(), null);
        Map<PendingRow, String> rejected =
                store.insert(List.of(good, bad, message("good-2", "sent", ""), message("good-3", "sent", "")));
        assertThat(rejected).containsOnlyKeys(bad);
        assertThat(rejected.get(bad)).contains("NOT NULL");
        assertThat(query("select event_id from message_events")).hasSize(3);
    }

    @Test
    void isThereAgainAfterARestart() throws SQLException {
        insert(message("a", "sent", ""));
        store.close();
        store = LocalStore.open(file, PROPERTIES);
        assertThat(query("select event_id from message_events_unique")).hasSize(1);
    }

    @Test
    void saysWhoElseMayHaveTheFileOpen(@TempDir Path directory) {
        // Not a database at all: the same answer as for a locked one, which needs a second process.
        Path noDatabase = directory.resolve("analytics.duckdb");
        assertThat(noDatabase.toFile().mkdir()).isTrue();
        assertThatThrownBy(() -> LocalStore.open(noDatabase, PROPERTIES))
                .hasMessageContaining("another instance")
                .hasMessageContaining("cio.local.directory");
    }

    @Test
    void countsResultsPerCampaignWithoutMachinesAndCopies() throws SQLException {
        String campaign = "\"campaign_id\":23,\"delivery_id\":\"%s\"";
        insert(
                message("1", "sent", campaign.formatted("d1")),
                message("2", "delivered", campaign.formatted("d1")),
                message("3", "opened", campaign.formatted("d1") + ",\"proxied\":true,\"prefetched\":false"),
                message("4", "opened", campaign.formatted("d1")),
                message("5", "opened", campaign.formatted("d1") + ",\"prefetched\":true"),
                message("6", "clicked", campaign.formatted("d1") + ",\"machine\":false"),
                message("7", "clicked", campaign.formatted("d2") + ",\"machine\":true"),
                // Inferred from the machine's click, and from a person's.
                message("8", "opened", campaign.formatted("d2") + ",\"synthetic\":true"),
                message("9", "opened", campaign.formatted("d3") + ",\"synthetic\":true"),
                message("10", "clicked", campaign.formatted("d3")),
                message("11", "bounced", campaign.formatted("d4")),
                message("12", "sent", "\"transactional_message_id\":44"));
        assertThat(query("select * from campaign_results_daily where source = 'campaign'"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("day", "2025-10-09")
                        .containsEntry("source_id", "23")
                        .containsEntry("channel", "email")
                        .containsEntry("sent", 1L)
                        .containsEntry("delivered", 1L)
                        .containsEntry("opened", 3L)
                        .containsEntry("opened_deliveries", 2L)
                        .containsEntry("machine_opened", 2L)
                        .containsEntry("clicked", 2L)
                        .containsEntry("clicked_deliveries", 2L)
                        .containsEntry("machine_clicked", 1L)
                        .containsEntry("bounced", 1L));
        assertThat(query("select source, source_id, sent from campaign_results_daily where source <> 'campaign'"))
                .singleElement()
                .satisfies(row ->
                        assertThat(row).containsEntry("source", "transactional").containsEntry("source_id", "44"));
    }

    @Test
    void knowsWhatAPersonWantsNow() throws SQLException {
        String noTopic = ",\"content\":\"{\\\"topics\\\":{\\\"topic_1\\\":false}}\"";
        insert(
                subscription("1", "unsubscribed", 1760000000, "p1", ""),
                subscription("2", "subscribed", 1760000100, "p1", ""),
                subscription("3", "cio_subscription_preferences_changed", 1760000050, "p1", noTopic),
                subscription("4", "cio_subscription_preferences_changed", 1760000010, "p1", ",\"content\":\"{}\""),
                subscription("5", "subscribed", 1759000000, "p2", ""));
        insert(message("6", "unsubscribed", "\"identifiers\":{\"cio_id\":\"p2\"}"));
        assertThat(store.query("select person, status, preferences from subscription_state order by person")
                        .rows())
                .containsExactly(
                        List.of("p1", "subscribed", "{\"topics\":{\"topic_1\":false}}"),
                        // Unsubscribed by a message, and no preferences yet.
                        Arrays.asList("p2", "unsubscribed", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop table message_events",
                "delete from message_events",
                "insert into message_events (event_id) values ('x')",
                "select 1; drop table message_events",
                "select 1; select 2",
                "",
                "with x as (delete from message_events returning *) select * from x",
                "copy message_events to 'copy.csv'",
                "attach 'other.duckdb'",
                "set memory_limit = '10GB'",
                "pragma database_list; select 1",
                "select * from read_csv('/etc/passwd')",
                "select * from read_text('/etc/passwd')",
                "select * from '/etc/passwd'",
                "select * from glob('/*')",
                "install httpfs",
                "call pragma_version()",
                "selec 1"
            })
    void readsAndNothingElse(String sql) throws SQLException {
        insert(message("a", "sent", ""));
        assertThatThrownBy(() -> store.query(sql)).isInstanceOf(SQLException.class);
        assertThat(query("select * from message_events")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1;",
                "from message_events",
                "with x as (select 1 as n) select * from x",
                "show tables",
                "describe message_events",
                "select * from information_schema.columns -- the tables"
            })
    void answersEveryKindOfQuery(String sql) throws SQLException {
        assertThat(store.query(sql).columns()).isNotEmpty();
    }

    @Test
    void cutsLongAnswersAndLongQueries() throws SQLException {
        QueryResult result = store.query("select * from range(1500)");
        assertThat(result.rows()).hasSize(1000);
        assertThat(result.truncated()).isTrue();
        assertThat(store.query("select * from range(1000)").truncated()).isFalse();
        assertThatThrownBy(() -> store.query("select count(*) from range(100000000000) as r where r.range % 7 = 3"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void writesCommaSeparatedValues() throws SQLException {
        assertThat(store.query("select 1 as n, 'a,\"b\"' as text, null as nothing, true as yes")
                        .csv())
                .isEqualTo("n,text,nothing,yes\r\n1,\"a,\"\"b\"\"\",,true\r\n");
    }
}
