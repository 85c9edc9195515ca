package io.cioroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.sandbox.SandboxClient.Reply;
import io.cioroutes.sandbox.ScriptedReply.Action;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class ControlsTest {
    private static final String PERSON = "/api/v1/customers/1";

    private static SandboxServer server;
    private static SandboxClient client;

    @BeforeAll
    static void start() {
        server = SandboxServer.start(SandboxOptions.defaults().withPort(0));
        client = new SandboxClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void reset() {
        server.reset();
    }

    private static Reply identify() throws IOException {
        return client.put(PERSON, "{\"plan\":\"pro\"}");
    }

    @Test
    void repliesAsScriptedInOrder() throws IOException {
        Reply scripted = client.post(
                "/sandbox/replies",
                """
                [{"match": {"method": "put", "path": "/api/v1/customers/*", "contains": "pro"},
                  "status": 429, "headers": {"Retry-After": "2"}, "times": 2},
                 {"match": {"path": "/api/v1/*"}, "status": 502, "headers": {"Content-Type": "text/html"}, "body": "<html>"},
                 {"match": {"path": "/api/v2/batch"}, "status": 207, "body": {"errors": [{"batch_index": 0}]}}]
                """);
        assertThat(scripted.body()).isEqualTo("{\"pending\":3}");
        assertThat(client.put(PERSON, "{\"plan\":\"free\"}").body()).isEqualTo("<html>");
        Reply limited = identify();
        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.body()).isEmpty();
        assertThat(limited.response().headers().firstValue("retry-after")).contains("2");
        assertThat(identify().status()).isEqualTo(429);
        assertThat(client.batch("{}").body()).isEqualTo("{\"errors\":[{\"batch_index\":0}]}");
        assertThat(server.people()).isEmpty();
        assertThat(identify().status()).isEqualTo(200);
        assertThat(client.get("/sandbox/replies").body()).isEqualTo("{\"pending\":0}");
    }

    @Test
    void refusesAScriptWithATypo() throws IOException {
        Reply reply = client.post("/sandbox/replies", "{\"staus\":503}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().get("error").asText()).contains("staus");
    }

    @Test
    void breaksTheConnectionBeforeOrAfterTheEffect() throws IOException {
        server.script(
                ScriptedReply.action(Action.RESET).path("/api/v1/customers/a").times(-1),
                ScriptedReply.action(Action.APPLY_THEN_RESET)
                        .path("/api/v1/customers/b")
                        .times(-1),
                ScriptedReply.status(200)
                        .path("/api/v1/customers/c")
                        .body("{\"a\":1}")
                        .times(-1));
        // The client may repeat an idempotent request on its own.
        assertThatThrownBy(() -> client.put("/api/v1/customers/a", "{}")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.put("/api/v1/customers/b", "{}")).isInstanceOf(IOException.class);
        assertThat(client.put("/api/v1/customers/c", "{}").body()).isEqualTo("{\"a\":1}");
        assertThat(server.people()).extracting(Profile::id).containsExactly("b");
        assertThat(server.requests()).extracting(RecordedRequest::status).contains(0, 200);
    }

    @Test
    void breaksOffInTheMiddleOfAReply() {
        server.script(new ScriptedReply(
                null, -1, 200, null, Json.MAPPER.valueToTree("0123456789"), 0, Action.REPLY_THEN_RESET));
        assertThatThrownBy(() -> client.post("/api/v1/customers/1/events", "{\"name\":\"x\"}"))
                .isInstanceOf(IOException.class)
                .hasStackTraceContaining("bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HANG", "APPLY_THEN_HANG"})
    void hangsWithoutHoldingAThread(String action) throws IOException {
        server.script(
                ScriptedReply.action(Action.valueOf(action)).path("*/events").times(-1));
        HttpRequest.Builder request =
                client.request("POST", PERSON + "/events", "{\"name\":\"x\"}").timeout(Duration.ofMillis(300));
        List<CompletableFuture<Void>> hanging = IntStream.range(0, 40)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> assertThatThrownBy(() -> client.send(request)).isInstanceOf(HttpTimeoutException.class)))
                .toList();
        hanging.forEach(CompletableFuture::join);
        assertThat(identify().status()).isEqualTo(200);
        await().until(() -> server.requests().size() == 41);
        assertThat(server.stats().events()).isEqualTo("HANG".equals(action) ? 0 : 40);
    }

    @Test
    void delaysAReplyAndTheApiItself() throws IOException {
        server.script(
                ScriptedReply.status(503).delayMs(200),
                ScriptedReply.action(Action.APPLY).delayMs(200));
        long start = System.nanoTime();
        assertThat(identify().status()).isEqualTo(503);
        assertThat(identify().status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(390));
        assertThat(server.person("1")).isNotNull();
    }

    @Test
    void failsAShareOfTheRequests() throws IOException {
        server.fault(Fault.status(503).ratio(0.3).path("/api/*"));
        int failed = 0;
        for (int i = 0; i < 300; i++) {
            failed += identify().status() == 503 ? 1 : 0;
        }
        assertThat(failed).isBetween(40, 150);
        assertThat(client.get("/v1/customers?email=a%40example.com").status()).isEqualTo(200);
        server.fault();
        assertThat(identify().status()).isEqualTo(200);
    }

    @Test
    void standingFaultsEndByThemselves() throws IOException {
        client.post("/sandbox/fault", "{\"reset\":true,\"forMs\":300}");
        assertThatThrownBy(() -> client.post(PERSON + "/events", "{\"name\":\"x\"}"))
                .isInstanceOf(IOException.class);
        await().until(() -> client.get("/sandbox/fault").json().isEmpty());
        assertThat(identify().status()).isEqualTo(200);
        client.post("/sandbox/fault", "[{\"latencyMs\":100},{\"hang\":true,\"match\":{\"path\":\"/v1/*\"}}]");
        assertThat(client.get("/sandbox/fault").json()).hasSize(2);
        client.delete("/sandbox/fault");
        assertThat(client.get("/sandbox/fault").json()).isEmpty();
    }

    @Test
    void limitsTheRate() throws IOException {
        server.fault(Fault.rate(5));
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            statuses.add(identify().status());
        }
        assertThat(statuses).contains(200, 429);
        await().until(() -> identify().status() == 200);
    }

    @Test
    void recordsRequestsAsTheyCame() throws IOException {
        client.send(client.request("PUT", "/api/v1/customers/a%2Fb?x=1", "{\"n\":\"ż\"}")
                .header("X-Own", "1"));
        client.batch("{}");
        JsonNode recorded = client.get("/sandbox/requests").json();
        assertThat(recorded).hasSize(2);
        assertThat(recorded.get(0).get("target").asText()).isEqualTo("/api/v1/customers/a%2Fb?x=1");
        assertThat(recorded.get(0).get("body").asText()).isEqualTo("{\"n\":\"ż\"}");
        assertThat(recorded.get(0).at("/headers/x-own").asText()).isEqualTo("1");
        assertThat(recorded.get(0).get("status").asInt()).isEqualTo(200);
        assertThat(recorded.get(1).get("status").asInt()).isEqualTo(207);
        assertThat(recorded.get(1).get("reasons").get(0).asText()).isEqualTo("item 0: type is required");
        assertThat(client.get("/sandbox/requests?since=1").json()).hasSize(1);
        assertThat(client.get("/sandbox/refused").json()).hasSize(1);
    }

    @Test
    void followsTheNumberingOfWhatItAccepts() throws IOException {
        for (int seq : new int[] {1, 2, 2, 5}) {
            client.post(PERSON + "/events", "{\"name\":\"x\",\"data\":{\"deep\":[{\"seq\":" + seq + "}]}}");
        }
        client.batch(
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"id\":\"1\"},\"attributes\":{\"seq\":7}}",
                "{\"type\":\"person\",\"action\":\"identify\",\"attributes\":{\"seq\":3}}");
        assertThat(server.stats().sequence()).isEqualTo(new SandboxStats.Sequence(1, 7, 4, 1, 3, 0));
        assertThat(server.missing(1, 8)).containsExactly(3, 4, 6, 8);
        JsonNode answer = client.get("/sandbox/stats?from=1&to=7").json();
        assertThat(answer.get("missing").toString()).isEqualTo("[3,4,6]");
        assertThat(answer.at("/stats/endpoints/POST ~1api~1v2~1batch/failed").asInt())
                .isZero();
        assertThat(answer.at("/stats/operations").asInt()).isEqualTo(5);
    }

    @Test
    void forgetsTheOldestAndKeepsCounting() throws IOException {
        SandboxOptions small = SandboxOptions.defaults().withPort(0).withBounds(3, 4, 2, 5, DataSize.ofKilobytes(1));
        try (SandboxServer bounded = SandboxServer.start(small)) {
            SandboxClient caller = new SandboxClient(bounded);
            for (int i = 0; i < 10; i++) {
                caller.put("/api/v1/customers/" + i, "{}");
                caller.post(
                        "/v1/send/in_app", "{\"identifiers\":{\"id\":\"" + i + "\"},\"transactional_message_id\":1}");
            }
            assertThat(bounded.people()).extracting(Profile::id).containsExactly("9", "8", "7");
            assertThat(bounded.person("6")).isNull();
            assertThat(bounded.activities()).extracting(Activity::number).containsExactly(10L, 9L, 8L, 7L);
            assertThat(bounded.messages()).hasSize(2);
            assertThat(bounded.requests()).hasSize(5);
            assertThat(bounded.stats().people()).isEqualTo(10);
            caller.put("/api/v1/customers/1", "{\"a\":\"" + "x".repeat(900) + "\"}");
            caller.put("/api/v1/customers/1", "{\"a\":\"" + "x".repeat(900) + "\"}");
            assertThat(bounded.requests()).hasSize(1);
        }
    }

    @Test
    void showsAndResetsItsState() throws IOException {
        identify();
        client.post(PERSON + "/events", "{\"name\":\"purchase\",\"data\":{\"price\":1}}");
        client.post("/v1/send/in_app", "{\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1}");
        JsonNode state = client.get("/sandbox/state").json();
        assertThat(state.at("/people/0/id").asText()).isEqualTo("1");
        assertThat(state.at("/activities/0/name").asText()).isEqualTo("purchase");
        assertThat(state.at("/messages/0/channel").asText()).isEqualTo("in_app");
        assertThat(client.get("/sandbox/people?q=PRO").json().get("people")).hasSize(1);
        assertThat(client.get("/sandbox/people?q=other").json().get("people")).isEmpty();
        JsonNode person = client.get("/sandbox/people/1").json();
        assertThat(person.at("/person/attributes/plan").asText()).isEqualTo("pro");
        assertThat(person.get("activities")).hasSize(2);
        assertThat(person.get("messages")).hasSize(1);
        assertThat(client.get("/sandbox/activities?type=event").json()).hasSize(1);
        assertThat(client.get("/sandbox/activities/2").json().at("/data/price").asInt())
                .isEqualTo(1);
        assertThat(client.get("/sandbox/messages/1").json().get("channel").asText())
                .isEqualTo("in_app");
        assertThat(client.get("/sandbox/people/nobody").status()).isEqualTo(404);

        assertThat(client.post("/sandbox/reset", "").status()).isEqualTo(200);
        assertThat(client.get("/sandbox/state").json().get("people")).isEmpty();
        assertThat(server.stats().requests()).isZero();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void tellsListeners() throws IOException {
        List<String> heard = new ArrayList<>();
        try (SandboxServer listened =
                SandboxServer.start(SandboxOptions.defaults().withPort(0))) {
            listened.addListener(new SandboxListener() {
                @Override
                public void onEventAccepted(Activity event) {
                    heard.add("event " + event.name());
                }

                @Override
                public void onMessageAccepted(Message message) {
                    heard.add("message " + message.channel());
                }

                @Override
                public void onPersonChanged(Profile person, Activity change) {
                    heard.add(change.type() + " " + person.id());
                }
            });
            SandboxClient caller = new SandboxClient(listened);
            caller.put(PERSON, "{}");
            caller.post(PERSON + "/events", "{\"name\":\"x\"}");
            caller.post("/v1/send/in_app", "{\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1}");
            caller.post(PERSON + "/suppress", "{}");
            caller.post(PERSON + "/unsuppress", "{}");
        }
        assertThat(heard).containsExactly("identify 1", "event x", "message in_app", "suppress 1", "unsuppress 1");
    }

    @Test
    void streamsWhatHappens() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(server.uri().resolve("/sandbox/stream")).build();
        try (InputStream in = HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofInputStream())
                        .body();
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("event: snapshot");
            assertThat(event(lines).get("people")).isEmpty();
            identify();
            JsonNode update;
            do {
                assertThat(lines.readLine()).isEqualTo("event: update");
                update = event(lines);
            } while (update.path("people").isEmpty());
            assertThat(update.at("/people/0/id").asText()).isEqualTo("1");
            assertThat(update.at("/activities/0/type").asText()).isEqualTo("identify");
            server.reset();
            String name;
            do {
                name = lines.readLine();
                event(lines);
            } while (!"event: snapshot".equals(name));
        }
    }

    private static JsonNode event(BufferedReader lines) throws IOException {
        JsonNode data = Json.MAPPER.readTree(lines.readLine().substring("data: ".length()));
        assertThat(lines.readLine()).isEmpty();
        return data;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/sandbox", "/sandbox/sandbox.css", "/sandbox/sandbox.js", "/favicon.ico"})
    void servesThePage(String path) throws IOException {
        Reply reply = client.get(path);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isNotBlank();
        assertThat(reply.response()
                        .headers()
                        .firstValue("content-security-policy")
                        .orElse(""))
                .contains("default-src 'none'");
    }

    /** A foreign web page must not read people or change faults, not even through a name that leads to this machine. */
    @Test
    void controlsAreForThisMachineOnly() throws IOException {
        assertThat(raw("GET /sandbox/people HTTP/1.1\r\nHost: evil.example\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("GET / HTTP/1.1\r\nHost: evil.example:8090\r\n")).startsWith("HTTP/1.1 403");
        assertThat(
                        raw(
                                "POST /sandbox/reset HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("GET /sandbox/people HTTP/1.1\r\nHost: localhost:8090\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    private static String raw(String head) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }
    }

    @Test
    void takesChunkedBodies() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream()
                    .write(("PUT " + PERSON + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic eA==\r\n"
                                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + "5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                            .readLine())
                    .isEqualTo("HTTP/1.1 200 OK");
        }
        assertThat(server.person("1").attributes()).containsKey("a");
    }

    @Test
    void goesDownAndComesBackWithWhatItKnew() throws IOException {
        try (SandboxServer flaky = SandboxServer.start(SandboxOptions.defaults().withPort(0))) {
            SandboxClient caller = new SandboxClient(flaky);
            caller.put(PERSON, "{}");
            flaky.stopListening();
            assertThatThrownBy(() -> caller.put(PERSON, "{}")).isInstanceOf(IOException.class);
            flaky.listenAgain();
            assertThat(caller.put(PERSON, "{}").status()).isEqualTo(200);
            assertThat(flaky.stats().requests()).isEqualTo(2);
            flaky.stopListening();
        }
    }

    @Test
    void takesAnotherPortWhereItsOwnIsTakenAndItsOwnWhenThatIsFreeAgain() throws IOException {
        SandboxOptions same = SandboxOptions.defaults().withPort(server.port());
        try (SandboxServer other = SandboxServer.start(same)) {
            assertThat(other.port()).isNotEqualTo(server.port());
            assertThat(new SandboxClient(other).put(PERSON, "{}").status()).isEqualTo(200);
        }
        int port;
        try (SandboxServer first = SandboxServer.start(SandboxOptions.defaults().withPort(0))) {
            port = first.port();
            new SandboxClient(first).put(PERSON, "{}");
        }
        try (SandboxServer again = SandboxServer.start(SandboxOptions.defaults().withPort(port))) {
            assertThat(again.port()).isEqualTo(port);
            assertThat(again.people()).isEmpty();
        }
    }
}
