package io.cioroutes.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.sandbox.SandboxServer;
import io.cioroutes.sandbox.SentWebhooks;
import io.cioroutes.webhook.SandboxWebhooks;
import io.cioroutes.webhook.TestQueue;
import io.cioroutes.webhook.WebhookApp;
import io.cioroutes.webhook.WebhookCase;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks from the HTTP request to the local database, queried and replayed by its user. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocalAnalyticsTest {
    private static final JsonMapper JSON = new JsonMapper();

    private WebhookApp app;
    private List<WebhookCase> events;

    @BeforeAll
    void start(@TempDir Path directory) {
        app = WebhookApp.onTestBroker(
                directory,
                Map.of(
                        "cio.analytics.batch-interval", "100",
                        "cio.sandbox.port", "0",
                        "cio.sandbox.webhooks.enabled", "true",
                        "cio.sandbox.webhooks.pace", "0s",
                        "cio.sandbox.webhooks.rate", "1000",
                        "cio.sandbox.webhooks.busy-rate", "1000",
                        "cio.webhook.signing-keys", WebhookApp.KEY));
        events = WebhookCase.in("events").toList();
        events.forEach(event -> assertThat(app.send(event.body())).isEqualTo(200));
        String both = "(select event_id from message_events union all select event_id from subscription_events)";
        await().until(() -> count(both) == events.size());
    }

    @AfterAll
    void stop() {
        app.close();
    }

    private long count(String table) throws IOException {
        HttpResponse<String> answer = post("select count(*) from " + table);
        assertThat(answer.statusCode()).describedAs(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).at("/rows/0/0").asLong();
    }

    /** As {@code curl --data} does it. */
    private HttpResponse<String> post(String sql, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(app.uri("/analytics/query"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(sql));
        return app.call((headers.length == 0 ? request : request.headers(headers)).build());
    }

    @Test
    void answersInJson() throws IOException {
        String sql = "select object_type, count(*) as n from message_events group by 1 order by 1";
        JsonNode posted = JSON.readTree(post(sql).body());
        assertThat(posted.get("columns").toString()).isEqualTo("[\"object_type\",\"n\"]");
        assertThat(posted.at("/rows/0/0").asText()).isEqualTo("email");
        assertThat(posted.get("truncated").asBoolean()).isFalse();
        HttpResponse<String> got = app.call(HttpRequest.newBuilder(
                        app.uri("/analytics/query?sql=" + URLEncoder.encode(sql, StandardCharsets.UTF_8)))
                .build());
        assertThat(JSON.readTree(got.body()).get("columns")).isEqualTo(posted.get("columns"));
    }

    @Test
    void answersInCsv() {
        HttpResponse<String> answer = post("select 1 as a, 'x' as b", "Accept", "text/csv");
        assertThat(answer.body()).isEqualTo("a,b\r\n1,x\r\n");
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
    }

    @Test
    void saysWhatIsWrongWithAQuery() throws IOException {
        HttpResponse<String> answer = post("select nothing from nowhere");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).get("error").asText()).contains("nowhere");
        assertThat(post("drop table message_events").statusCode()).isEqualTo(400);
    }

    @Test
    void hasAPageWithExamplesThatWork() {
        HttpResponse<String> page =
                app.call(HttpRequest.newBuilder(app.uri("/analytics")).build());
        assertThat(page.statusCode()).isEqualTo(200);
        List<String> examples = Stream.of(page.body().split("\n"))
                .filter(line -> line.matches("  '[^']+': ['\"]select.*"))
                .map(line -> line.replaceFirst("  '[^']+': ['\"]", "")
                        .replaceFirst("['\"],$", "")
                        .replace("\\n", "\n"))
                .toList();
        assertThat(examples).hasSize(8).allSatisfy(sql -> {
            HttpResponse<String> answer = post(sql);
            assertThat(answer.statusCode()).describedAs(answer.body()).isEqualTo(200);
        });
    }

    /** A browser names the page's origin, and then the token that came with the page is asked for. */
    @Test
    void answersItsPageInABrowser() {
        HttpResponse<String> page =
                app.call(HttpRequest.newBuilder(app.uri("/analytics")).build());
        String cookie = page.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
        assertThat(cookie).startsWith("XSRF-TOKEN=");
        assertThat(page.body()).contains("'X-XSRF-TOKEN': token");
        String token = cookie.substring("XSRF-TOKEN=".length());
        String origin = app.uri("").toString();

        assertThat(post("select 1", "Origin", origin, "Cookie", cookie).statusCode())
                .isEqualTo(403);
        assertThat(post("select 1", "Origin", origin, "Cookie", cookie, "X-XSRF-TOKEN", token)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void isForTheUserOfThisMachineAlone() {
        assertThat(post("select 1", "X-Forwarded-For", "203.0.113.7").statusCode())
                .isEqualTo(403);
        assertThat(post("select 1", "Forwarded", "for=203.0.113.7").statusCode())
                .isEqualTo(403);
    }

    @Test
    void replaysSelectedEventsToTheNamedQueueOnly() throws IOException {
        try (TestQueue bus = TestQueue.subscribedTo("#");
                TestQueue queue = TestQueue.create()) {
            List<byte[]> emails = events.stream()
                    .filter(event -> event.routingKey().startsWith("email."))
                    .map(WebhookCase::body)
                    .toList();
            assertThat(replay(queue.name(), ",\"objectType\":\"email\"").body())
                    .isEqualTo("{\"events\":" + emails.size() + "}");
            List<GetResponse> replayed = queue.takeAll();
            assertThat(replayed.stream().map(GetResponse::getBody)).containsExactlyInAnyOrderElementsOf(emails);
            assertThat(replayed).allSatisfy(message -> {
                assertThat(TestQueue.header(message, "x-cio-replayed")).isEqualTo("true");
                assertThat(TestQueue.header(message, "x-cio-routing-key")).startsWith("email.");
                assertThat(message.getProps().getMessageId()).startsWith("01K7");
            });
            assertThat(bus.depth()).isZero();

            assertThat(replay(queue.name(), ",\"objectType\":\"push\",\"metric\":\"sent\"")
                            .body())
                    .isEqualTo("{\"events\":2}");
        }
    }

    @Test
    void refusesToReplayWhereItCannotOrMustNot() {
        assertThat(replay("no-such-queue", "").statusCode()).isEqualTo(400);
        assertThat(replay("cio.webhooks", "").statusCode()).isEqualTo(400);
    }

    private HttpResponse<String> replay(String queue, String filter) {
        return app.call(HttpRequest.newBuilder(app.uri("/actuator/webhookreplay"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        """
                        {"from":"2025-10-01T00:00:00Z","to":"2025-11-01T00:00:00+02:00","queue":"%s"%s}"""
                                .formatted(queue, filter)))
                .build());
    }

    /** The whole loop of the local profile: what the sandbox accepts comes back, and can be queried. */
    @Test
    void showsWhatBecameOfMessagesThatTheSandboxAccepted() throws IOException {
        SandboxServer sandbox = app.bean(SandboxServer.class);
        SandboxWebhooks webhooks = app.bean(SandboxWebhooks.class);
        for (int i = 0; i < 40; i++) {
            api(
                    sandbox,
                    "PUT",
                    "/api/v1/customers/user-" + i,
                    "{\"email\":\"user" + i + "@example.com\",\"plan\":\"pro\"}");
            api(
                    sandbox,
                    "POST",
                    "/v1/send/email",
                    """
                    {"transactional_message_id":"welcome","to":"user%d@example.com","identifiers":{"id":"user-%d"}}"""
                            .formatted(i, i));
        }
        api(
                sandbox,
                "POST",
                "/v1/send/inbox_message",
                """
                {"transactional_message_id":"welcome","identifiers":{"id":"user-1"}}""");
        api(
                sandbox,
                "PUT",
                "/api/v1/customers/quiet",
                """
                {"email":"quiet@example.com","plan":"pro","unsubscribed":true}""");
        api(
                sandbox,
                "POST",
                "/v1/campaigns/777/triggers",
                """
                {"recipients":{"attribute":{"field":"plan","operator":"eq","value":"pro"}}}""");

        await().atMost(Duration.ofSeconds(30)).until(() -> webhooks.taken() > 0 && webhooks.open() == 0);
        String results = "select source_id, sum(sent), sum(delivered + bounced), sum(opened) > 0"
                + " from campaign_results_daily where source_id in ('welcome', '777') group by 1 order by 1";
        await().untilAsserted(() -> assertThat(
                        JSON.readTree(post(results).body()).get("rows").toString())
                .isEqualTo("[[\"777\",40,40,true],[\"welcome\",40,40,true]]"));

        SentWebhooks.Summary sent = sandbox.webhooks().summary();
        assertThat(sent.taken()).isEqualTo(webhooks.taken());
        assertThat(sent.results()).hasSize(2).allSatisfy(result -> assertThat(result.metrics())
                .containsEntry("sent", 40L));
        assertThat(sandbox.messages())
                .filteredOn(message -> "welcome".equals(message.transactionalMessageId()))
                .anySatisfy(message -> assertThat(message.metrics()).containsKey("clicked"));
    }

    private void api(SandboxServer sandbox, String method, String path, String body) {
        HttpResponse<String> answer = app.call(HttpRequest.newBuilder(
                        sandbox.uri().resolve(path))
                .header("Content-Type", "application/json")
                .header("Authorization", path.startsWith("/api") ? "Basic c2FuZGJveDpzYW5kYm94" : "Bearer sandbox")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build());
        assertThat(answer.statusCode()).describedAs(answer.body()).isEqualTo(200);
    }
}
