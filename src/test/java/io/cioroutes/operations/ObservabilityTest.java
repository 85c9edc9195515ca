package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.cioroutes.broker.TestBroker;
import io.cioroutes.sandbox.Fault;
import io.cioroutes.sandbox.ScriptedReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.TestPropertySource;

/** What an operator sees of a real service: its metrics, its health, and an alert from its cause to its end. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestPropertySource(
        properties = {
            "cio.observe.queue-interval=100ms",
            "cio.observe.health-interval=100ms",
            "cio.observe.credentials-delay=0s",
            "cio.observe.credentials-interval=100ms"
        })
class ObservabilityTest extends ProdService {

    private static final String IDENTIFY = "{\"userId\": \"u%1$d\", \"attrs\": {\"plan\": \"pro\", \"seq\": %1$d}}";
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(cio_\\w+)` \\| (\\w+) \\|([^|]*)\\|");
    private static final Pattern MATCHERS = Pattern.compile("([a-zA-Z_:]\\w*)\\{([^}]*)}");
    private static final Set<String> WORDS = Set.of("by", "without", "on", "and", "or", "unless", "bool", "offset");

    @TempDir
    private Path directory;

    @Test
    void everyMetricIsDocumentedAsItIs() throws IOException {
        Scrape scrape = afterTraffic();

        Map<String, String> documented = new TreeMap<>();
        Matcher line = DOCUMENTED.matcher(Files.readString(Path.of("docs/metrics.md")));
        while (line.find()) {
            Set<String> labels = Arrays.stream(line.group(3).split(","))
                    .map(label -> label.replace("`", "").strip())
                    .filter(label -> !label.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
            documented.put(line.group(1), line.group(2) + " " + labels);
        }
        Map<String, String> real = new TreeMap<>();
        scrape.labelsByFamily().forEach((name, labels) -> {
            if (name.startsWith("cio_")) {
                real.put(name, scrape.families().get(name) + " " + labels);
            }
        });
        assertThat(documented).isEqualTo(real);
    }

    @Test
    void alertsAndPanelsAskForWhatIsThere() throws IOException {
        List<String> queries = new ArrayList<>();
        AlertRule.all().forEach(rule -> queries.add(rule.expression()));
        JsonNode dashboard = new JsonMapper()
                .readTree(Path.of("deploy/grafana/dashboards/customerio-routes.json")
                        .toFile());
        queries.addAll(dashboard.findValuesAsText("expr"));
        assertThat(queries).hasSizeGreaterThan(30);

        Map<String, Set<String>> known = afterTraffic().labelsByName();

        assertThat(queries).allSatisfy(query -> {
            assertThat(names(query)).isNotEmpty().allSatisfy(name -> assertThat(known)
                    .containsKey(name));
            Matcher matchers = MATCHERS.matcher(query);
            while (matchers.find()) {
                Set<String> labels = Arrays.stream(matchers.group(2).split(","))
                        .map(matcher ->
                                matcher.replaceFirst("(?s)\\s*[=!].*", "").strip())
                        .collect(Collectors.toSet());
                assertThat(known.get(matchers.group(1))).as(matchers.group(1)).containsAll(labels);
            }
        });
    }

    /** Names of metrics in a query: what is left of its words without texts, labels, durations and functions. */
    private static List<String> names(String query) {
        String bare = query.replaceAll("\"[^\"]*\"", "")
                .replaceAll("\\{[^}]*}", "")
                .replaceAll("\\[[^]]*]", "")
                .replaceAll("\\b(by|without|on)\\s*\\([^)]*\\)", " ");
        List<String> names = new ArrayList<>();
        Matcher word = Pattern.compile("[a-zA-Z_:]\\w*(?!\\w|\\s*\\()").matcher(bare);
        while (word.find()) {
            if (!WORDS.contains(word.group())) {
                names.add(word.group());
            }
        }
        return names;
    }

    /** After a command that was delivered at the second attempt. */
    private Scrape afterTraffic() throws IOException {
        SANDBOX.script(ScriptedReply.status(503).path("/api/v2/batch"));
        publishWithTimestamp();
        await().atMost(PATIENCE).until(() -> scrape().sum("cio_commands_age_seconds_count") > 0);
        return scrape();
    }

    private static void publishWithTimestamp() throws IOException {
        try (Connection connection = TestBroker.get().connect();
                Channel channel = connection.createChannel()) {
            channel.basicPublish(
                    "cio",
                    "identify",
                    new AMQP.BasicProperties.Builder().timestamp(new Date()).build(),
                    IDENTIFY.formatted(1).getBytes(StandardCharsets.UTF_8));
        } catch (TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private Scrape scrape() {
        return Scrape.of(get("/actuator/prometheus").body());
    }

    /** From a field that Customer.io refuses to an empty dead-letter queue, as docs/operations.md tells it. */
    @Test
    void anAlertFromItsCauseToItsEnd() throws Exception {
        await().atMost(PATIENCE).until(() -> waits(0));
        Scrape before = scrape();
        SANDBOX.fault(Fault.status(422).path("/api/v2/batch"));
        publish("identify", IDENTIFY, 1, 3);
        await().atMost(PATIENCE).until(() -> waits(3));
        Scrape during = scrape();

        JsonNode letters =
                get("/actuator/deadletters/identify?reason=rejected").json().path("letters");
        assertThat(letters).hasSize(3).allSatisfy(letter -> {
            assertThat(letter.path("status").intValue()).isEqualTo(422);
            assertThat(letter.path("error").textValue()).isNotBlank();
        });
        SANDBOX.fault();
        assertThat(post("/actuator/deadletters/identify", "{\"reason\": \"rejected\"}")
                        .json()
                        .path("done")
                        .intValue())
                .isEqualTo(3);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(SANDBOX.missing(1, 3)).isEmpty());
        await().atMost(PATIENCE).until(() -> waits(0));
        Scrape after = scrape();

        assertThat(waiting("cio.identify.dlq")).isZero();
        assertThat(after.sum("cio_commands_seconds_count", "command=\"identify\"", "outcome=\"delivered\"")
                        - before.sum("cio_commands_seconds_count", "command=\"identify\"", "outcome=\"delivered\""))
                .isEqualTo(3);
        Promtool.requiredOrSkip();
        Map<String, String> rejected = Map.of("command", "identify", "reason", "rejected");
        Map<String, String> queue = Map.of("queue", "cio.identify.dlq");
        Promtool.test(
                directory,
                List.of(Map.of(
                        "interval",
                        "1m",
                        "input_series",
                        // An hour as it was before, six hours with the dead letters, an hour as it was afterwards.
                        series(List.of(before, during, after), List.of(60, 360, 60)),
                        "alert_rule_test",
                        List.of(
                                fires("DeadLetters", "59m", null),
                                fires("DeadLetters", "65m", rejected),
                                fires("DeadLettersWaiting", "65m", null),
                                fires("DeadLettersWaiting", "310m", queue),
                                fires("DeadLetters", "450m", null),
                                fires("DeadLettersWaiting", "450m", null)))));
    }

    private boolean waits(int messages) {
        return scrape().sum("cio_queue_messages", "queue=\"cio.identify.dlq\"") == messages;
    }

    private static List<Map<String, String>> series(List<Scrape> scrapes, List<Integer> minutes) {
        List<Map<String, String>> series = new ArrayList<>();
        for (String name : scrapes.get(0).samples().keySet()) {
            if (name.startsWith("cio_dead_letters_total") || name.startsWith("cio_queue_messages")) {
                StringBuilder values = new StringBuilder();
                for (int i = 0; i < scrapes.size(); i++) {
                    long value = scrapes.get(i).samples().get(name).longValue();
                    // 0x59 would be a hexadecimal number.
                    values.append(value)
                            .append("+0x")
                            .append(minutes.get(i) - 1)
                            .append(' ');
                }
                series.add(Map.of("series", name, "values", values.toString().strip()));
            }
        }
        return series;
    }

    private static Map<String, Object> fires(String alert, String when, Map<String, String> labels) {
        List<Map<String, Object>> alerts = new ArrayList<>();
        if (labels != null) {
            AlertRule rule = AlertRule.named(alert);
            Map<String, String> all = new TreeMap<>(labels);
            all.putAll(rule.labels());
            alerts.add(Map.of("exp_labels", all, "exp_annotations", rule.annotations()));
        }
        return Map.of("eval_time", when, "alertname", alert, "exp_alerts", alerts);
    }

    @Test
    void healthSaysTheCauseAndReadinessStays() {
        await().atMost(PATIENCE).until(() -> get("/actuator/health").status() == 200);
        JsonNode parts = health();
        assertThat(parts.path("broker").path("details").path("broker").textValue())
                .contains(" at ");
        assertThat(parts.path("consumers").path("details").path("consuming").intValue())
                .isEqualTo(9);

        post("/actuator/commands/track", "{\"action\": \"pause\"}");
        assertThat(get("/actuator/health").json().path("status").textValue()).isEqualTo("OUT_OF_SERVICE");
        assertThat(health().path("consumers").path("status").textValue()).isEqualTo("OUT_OF_SERVICE");
        assertThat(health().path("consumers").path("details").path("track").textValue())
                .startsWith("paused by olga at ");
        await().atMost(PATIENCE).until(() -> scrape().sum("cio_health", "component=\"consumers\"") == 0);
        assertThat(scrape().sum("cio_health", "component=\"readiness\"")).isEqualTo(1);
        for (String probe : List.of("readiness", "liveness")) {
            assertThat(call(null, "GET", "/actuator/health/" + probe, null).json())
                    .as(probe)
                    .hasToString("{\"status\":\"UP\"}");
        }
        post("/actuator/commands/track", "{\"action\": \"resume\"}");

        SANDBOX.fault(Fault.status(401).path("*/accounts/region"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(health().path("credentials")
                        .path("details")
                        .path("cause")
                        .textValue())
                .contains("CUSTOMERIO_SITE_ID"));
        // That Customer.io does not answer says nothing about credentials: the verdict stands.
        SANDBOX.fault(Fault.status(500).path("*/accounts/region"));
        assertThat(health().path("credentials").path("status").textValue()).isEqualTo("DOWN");
        SANDBOX.fault();
        await().atMost(PATIENCE).until(() -> get("/actuator/health").status() == 200);
    }

    /** The last one: the queue stays away. */
    @Order(Integer.MAX_VALUE)
    @Test
    void aDeletedQueueShows() throws Exception {
        try (Connection connection = TestBroker.get().connect();
                Channel channel = connection.createChannel()) {
            channel.queueDelete("cio.unsuppress");
        }

        // The embedded broker does not tell consumers that their queue is gone.
        if (TestBroker.get().isRabbitMq()) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(health().path("consumers")
                            .path("details")
                            .path("unsuppress")
                            .textValue())
                    .contains("nothing comes from cio.unsuppress"));
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        health().path("topology").path("details").path("cause").textValue())
                .contains("cio.unsuppress"));
    }

    private JsonNode health() {
        return get("/actuator/health").json().path("components");
    }
}
