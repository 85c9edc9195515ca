package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.broker.TestBroker;
import io.cioroutes.operations.Script.Answer;
import io.cioroutes.sandbox.Fault;
import io.cioroutes.sandbox.ScriptedReply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** Dead letters over HTTP, on a real service and broker. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = "logging.config=classpath:structured-logback.xml")
class DeadLettersTest extends ProdService {

    private static final String IDENTIFY =
            "{\"userId\": \"u%1$d\", \"attrs\": {\"email\": \"a%1$d@example.com\", \"seq\": %1$d}}";
    private static final String TRACK = "{\"userId\": \"u%1$d\", \"name\": \"order\", \"data\": {\"seq\": %1$d}}";
    private static final String DEAD = "/actuator/deadletters/";

    @Test
    void aMessageCanBeFollowedThroughTheLogByItsId(CapturedOutput output) throws Exception {
        publish("track", "{\"userId\": \"anna\", \"nme\": \"order\", \"data\": {\"seq\": %d}}", 700, 1);
        awaitDeadLetters("cio.track.dlq", 1);

        String line = await().atMost(PATIENCE)
                .until(
                        () -> output.getOut()
                                .lines()
                                .filter(candidate -> candidate.contains("\"message_id\":\"track-700\""))
                                .findFirst()
                                .orElse(null),
                        found -> found != null);
        JsonNode entry = new JsonMapper().readTree(line);
        assertThat(entry.path("queue").textValue()).isEqualTo("cio.track");
        assertThat(entry.path("command").textValue()).isEqualTo("track");
        assertThat(entry.path("message").textValue()).startsWith("Dead-lettered (invalid)");
        assertThat(entry.path("log").path("level").textValue()).isEqualTo("INFO");
        assertThat(entry.path("service").path("name").textValue()).isEqualTo("customerio-routes");
    }

    @Test
    void theDoctorLooksFromWithinTheService() {
        JsonNode report = call(VIEWER, "GET", "/actuator/doctor", null).json();

        assertThat(report.path("healthy").booleanValue()).as("%s", report).isTrue();
        assertThat(report.path("findings").findValuesAsText("area")).contains("broker", "customerio", "settings");
        assertThat(call(null, "GET", "/actuator/doctor", null).status()).isEqualTo(401);
    }

    @Test
    void summaryListAndWholeMessage() {
        publish("track", "{\"userId\": \"anna@example.com\", \"nme\": \"order\", \"data\": {\"seq\": %d}}", 1, 3);
        SANDBOX.fault(Fault.status(422).path("/api/v2/batch"));
        publish("identify", IDENTIFY, 1, 1);
        awaitDeadLetters("cio.track.dlq", 3);
        awaitDeadLetters("cio.identify.dlq", 1);

        JsonNode queues = get("/actuator/deadletters").json().path("queues");
        assertThat(queues.findValuesAsText("queue")).containsExactlyInAnyOrder("cio.identify.dlq", "cio.track.dlq");
        assertThat(queues.findValuesAsText("reason")).containsExactlyInAnyOrder("rejected", "invalid");

        JsonNode page = call(VIEWER, "GET", DEAD + "track?limit=2", null).json();
        assertThat(page.path("messages").intValue()).isEqualTo(3);
        assertThat(page.path("next").intValue()).isEqualTo(2);
        JsonNode first = page.path("letters").get(0);
        assertThat(first.path("messageId").textValue()).isEqualTo("track-1");
        assertThat(first.path("reason").textValue()).isEqualTo("invalid");
        assertThat(first.path("error").textValue()).contains("did you mean name?");
        assertThat(page.toString()).doesNotContain("example.com", "\"order\"").contains("\\\"nme\\\":\\\"***\\\"");

        JsonNode rejected =
                get(DEAD + "cio.identify.dlq").json().path("letters").get(0);
        assertThat(rejected.path("status").intValue()).isEqualTo(422);
        assertThat(Instant.parse(rejected.path("failedAt").textValue()))
                .isAfterOrEqualTo(Instant.parse(rejected.path("receivedAt").textValue()));

        JsonNode whole = get(DEAD + "track/" + first.path("id").textValue()).json();
        assertThat(whole.path("body").textValue())
                .isEqualTo("{\"userId\": \"anna@example.com\", \"nme\": \"order\", \"data\": {\"seq\": 1}}");
        assertThat(whole.path("headers").path("x-publisher").textValue()).isEqualTo("test");
        assertThat(whole.path("properties").path("messageId").textValue()).isEqualTo("track-1");
    }

    @Test
    void lookingChangesNothing() {
        publish("track", "{\"userId\": \"u%d\"}", 1, 600);
        awaitDeadLetters("cio.track.dlq", 600);
        List<String> before = ids("track");

        for (int i = 0; i < 25; i++) {
            get("/actuator/deadletters");
        }

        // RabbitMQ 4 would have dropped them at the 21st look, without a limit of the queue's own.
        assertThat(waiting("cio.track.dlq")).isEqualTo(600);
        assertThat(ids("track")).containsExactlyElementsOf(before).doesNotHaveDuplicates();
        assertThat(before).hasSize(600);
    }

    @Test
    void aReplayedCommandIsTheOneThatWasPublished() throws Exception {
        Instant published = Instant.now();
        SANDBOX.script(ScriptedReply.status(400).path("/api/v2/batch"));
        publish("identify", IDENTIFY, 1, 1);
        awaitDeadLetters("cio.identify.dlq", 1);
        JsonNode letter = get(DEAD + "identify").json().path("letters").get(0);
        post("/actuator/commands/identify", "{\"action\": \"pause\"}");
        try {
            JsonNode outcome = post(DEAD + "identify/" + letter.path("id").textValue(), null)
                    .json();
            assertThat(outcome.path("done").intValue()).isEqualTo(1);

            try (Connection connection = TestBroker.get().connect();
                    Channel channel = connection.createChannel()) {
                GetResponse replayed = channel.basicGet("cio.identify", false);
                assertThat(new String(replayed.getBody(), StandardCharsets.UTF_8))
                        .isEqualTo(IDENTIFY.formatted(1));
                AMQP.BasicProperties properties = replayed.getProps();
                assertThat(properties.getMessageId()).isEqualTo("identify-1");
                assertThat(properties.getContentType()).isEqualTo("application/json");
                assertThat(properties.getHeaders())
                        .containsKey("x-publisher")
                        .doesNotContainKeys(
                                "x-cio-reason", "x-cio-error", "x-cio-status", "x-cio-failed-at", "x-cio-queue");
                assertThat(((Number) properties.getHeaders().get("x-cio-received-at")).longValue())
                        .isEqualTo(Instant.parse(letter.path("receivedAt").textValue())
                                .getEpochSecond());
            }
        } finally {
            post("/actuator/commands/identify", "{\"action\": \"resume\"}");
        }
        await().atMost(PATIENCE).until(() -> SANDBOX.person("u1") != null);
        // The time of the command is that of its first receipt, not of the replay.
        assertThat(SANDBOX.requests().get(SANDBOX.requests().size() - 1).body())
                .contains("\"timestamp\":"
                        + Instant.parse(letter.path("receivedAt").textValue()).getEpochSecond());
        assertThat(published).isBefore(Instant.now());
        assertThat(waiting("cio.identify.dlq")).isZero();
    }

    @Test
    void whatFailsAgainComesBackAndIsNotMetAgain() {
        SANDBOX.fault(Fault.status(400).path("/api/v2/batch"));
        publish("identify", IDENTIFY, 1, 300);
        awaitDeadLetters("cio.identify.dlq", 300);

        JsonNode outcome = post(DEAD + "identify", "{\"all\": true}").json();

        assertThat(outcome.path("done").intValue()).isEqualTo(300);
        assertThat(outcome.path("complete").booleanValue()).isTrue();
        awaitDeadLetters("cio.identify.dlq", 300);
        assertThat(ids("identify")).hasSize(300).doesNotHaveDuplicates();
        SANDBOX.fault();
        assertThat(post(DEAD + "identify", "{\"reason\": \"rejected\"}")
                        .json()
                        .path("done")
                        .intValue())
                .isEqualTo(300);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(SANDBOX.stats().sequence().distinct()).isEqualTo(300));
        assertThat(SANDBOX.stats().sequence().duplicates()).isZero();
        assertThat(waiting("cio.identify.dlq")).isZero();
    }

    @Test
    void selectionByReasonAndTime() {
        put("cio.track.dlq", 1, "rejected", "2026-11-24T07:00:00Z");
        put("cio.track.dlq", 2, "rejected", "2026-11-24T08:00:00Z");
        put("cio.track.dlq", 3, "exhausted", "2026-11-24T08:00:00Z");
        put("cio.track.dlq", 4, "rejected", "2026-11-24T09:00:00Z");

        assertThat(messageIds("track?reason=rejected")).containsExactly("m1", "m2", "m4");
        assertThat(messageIds("track?from=2026-11-24T08:00:00Z&to=2026-11-24T09:00:00Z"))
                .containsExactly("m2", "m3");
        assertThat(messageIds("track?reason=rejected&offset=1&limit=1")).containsExactly("m2");
        String withOffset = URLEncoder.encode("2026-11-24T10:00:00+01:00", StandardCharsets.UTF_8);
        assertThat(messageIds("track?from=" + withOffset)).containsExactly("m4");

        String selection = "{\"reason\": \"rejected\", \"from\": \"2026-11-24T08:00:00Z\"}";
        assertThat(post(DEAD + "track", selection).json().path("done").intValue())
                .isEqualTo(2);

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(SANDBOX.stats().sequence().distinct()).isEqualTo(2));
        assertThat(SANDBOX.stats().sequence().duplicates()).isZero();
        assertThat(messageIds("track")).containsExactly("m1", "m3");
    }

    @Test
    void discardingWantsTheCount() {
        put("cio.track.dlq", 1, "rejected", "2026-11-24T07:00:00Z");
        put("cio.track.dlq", 2, "invalid", "2026-11-24T07:00:00Z");
        put("cio.track.dlq", 3, "rejected", "2026-11-24T07:00:00Z");
        String some = DEAD + "track?reason=rejected";

        assertThat(call(OPERATOR, "DELETE", some, null).json().path("matching").intValue())
                .isEqualTo(2);
        Answer wrong = call(OPERATOR, "DELETE", some + "&confirm=3", null);
        assertThat(wrong.status()).isEqualTo(409);
        assertThat(wrong.json().path("error").textValue()).contains("2 dead letters", "3 were confirmed");
        assertThat(messageIds("track")).containsExactly("m1", "m2", "m3");

        assertThat(call(OPERATOR, "DELETE", some + "&confirm=2", null)
                        .json()
                        .path("done")
                        .intValue())
                .isEqualTo(2);
        assertThat(messageIds("track")).containsExactly("m2");
        String last =
                get(DEAD + "track").json().path("letters").get(0).path("id").textValue();
        assertThat(call(OPERATOR, "DELETE", DEAD + "track/" + last, null).status())
                .isEqualTo(200);
        assertThat(waiting("cio.track.dlq")).isZero();
    }

    @Test
    void ofTwinsOneIsReplayed() {
        put("cio.track.dlq", 1, "rejected", "2026-11-24T07:00:00Z");
        put("cio.track.dlq", 1, "rejected", "2026-11-24T07:00:00Z");
        Set<String> ids = new HashSet<>(ids("track"));
        assertThat(ids).hasSize(1);

        post(DEAD + "track/" + ids.iterator().next(), null);

        assertThat(waiting("cio.track.dlq")).isEqualTo(1);
    }

    @Test
    void whatRabbitMqMovedByItselfCanBeReplayed() {
        Instant death = Instant.parse("2026-11-24T07:00:00Z");
        put(
                "cio.track.dlq",
                1,
                Map.of(
                        "x-first-death-reason",
                        "delivery_limit",
                        "x-death",
                        List.of(Map.of("reason", "delivery_limit", "time", Date.from(death)))));

        JsonNode letter = get(DEAD + "track").json().path("letters").get(0);
        assertThat(letter.path("reason").textValue()).isEqualTo("delivery_limit");
        assertThat(letter.path("error").textValue()).contains("unanswered");
        assertThat(letter.path("failedAt").textValue()).isEqualTo(death.toString());
        post(DEAD + "track", "{\"all\": true}");

        await().atMost(PATIENCE).until(() -> !SANDBOX.requests().isEmpty());
        assertThat(SANDBOX.requests().get(0).body()).contains("\"timestamp\":" + death.getEpochSecond());
    }

    @Test
    void twoOperatorsAtOnce() throws Exception {
        publish("track", "{\"userId\": \"u%d\", \"seq\": 0}", 1, 500);
        awaitDeadLetters("cio.track.dlq", 500);

        List<CompletableFuture<Answer>> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            both.add(CompletableFuture.supplyAsync(() -> post(DEAD + "track", "{\"all\": true}")));
            both.add(CompletableFuture.supplyAsync(() -> get(DEAD + "track?limit=500")));
        }
        for (CompletableFuture<Answer> answer : both) {
            assertThat(answer.get().status()).isIn(200, 409);
        }

        awaitDeadLetters("cio.track.dlq", 500);
        assertThat(ids("track")).doesNotHaveDuplicates();
    }

    @Test
    void mistakesAreExplained() {
        assertThat(error(get(DEAD + "nothing"), 400)).contains("cio.track.dlq");
        assertThat(error(get(DEAD + "track?from=yesterday"), 400)).contains("2026-11-24T07:00:00Z");
        assertThat(error(get(DEAD + "track?limit=501"), 400)).contains("1 to 500");
        assertThat(error(post(DEAD + "track", "{}"), 400)).contains("\"all\": true");
        assertThat(error(post(DEAD + "track", "{\"all\": true, \"reason\": \"invalid\"}"), 400))
                .contains("reason");
        assertThat(error(post(DEAD + "track/0123456789abcdef", null), 404)).contains("not there");
    }

    private static String error(Answer answer, int status) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        return answer.json().path("error").textValue();
    }

    private static void awaitDeadLetters(String queue, int count) {
        Callable<Integer> waiting = () -> waiting(queue);
        await().atMost(PATIENCE).until(waiting, found -> found == count);
    }

    private List<String> messageIds(String query) {
        return get(DEAD + query).json().path("letters").findValuesAsText("messageId");
    }

    /** All of a queue, page by page. */
    private List<String> ids(String queue) {
        List<String> ids = new ArrayList<>();
        String path = DEAD + queue + "?limit=250";
        JsonNode page = get(path).json();
        ids.addAll(page.path("letters").findValuesAsText("id"));
        while (page.path("next").isNumber()) {
            page = get(path + "&offset=" + page.path("next").intValue()).json();
            ids.addAll(page.path("letters").findValuesAsText("id"));
        }
        return ids;
    }

    private static void put(String queue, int number, String reason, String failedAt) {
        put(
                queue,
                number,
                Map.of("x-cio-reason", reason, "x-cio-error", "made by a test", "x-cio-failed-at", failedAt));
    }

    private static void put(String queue, int number, Map<String, Object> headers) {
        try (Connection connection = TestBroker.get().connect();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            channel.basicPublish(
                    "",
                    queue,
                    true,
                    new AMQP.BasicProperties.Builder()
                            .deliveryMode(2)
                            .messageId("m" + number)
                            .headers(headers)
                            .build(),
                    TRACK.formatted(number).getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(10_000);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
