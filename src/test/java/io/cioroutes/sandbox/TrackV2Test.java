package io.cioroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackV2Test {
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

    private static String person(String action, String id, String more) {
        return "{\"type\":\"person\",\"action\":\"" + action + "\",\"identifiers\":{\"id\":\"" + id + "\"}" + more
                + "}";
    }

    @Test
    void acceptsABatch() throws IOException {
        Reply reply = client.batch(
                person("identify", "1", ",\"attributes\":{\"plan\":\"pro\"},\"timestamp\":1700000000"),
                person("event", "1", ",\"name\":\"purchase\",\"attributes\":{\"price\":1}"),
                person("suppress", "2", ""),
                person("delete", "3", ""));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("{}\n");
        assertThat(server.person("1").timestamps()).containsEntry("plan", 1700000000L);
        assertThat(server.person("2").suppressed()).isTrue();
        assertThat(server.stats().operations()).isEqualTo(4);
        assertThat(server.stats().operationsByKind()).containsEntry("person event", 1L);
    }

    @Test
    void namesTheItemsThatItRefusesAndTakesTheOthers() throws IOException {
        Reply reply = client.batch(
                person("identify", "1", ",\"attributes\":{\"plan\":\"pro\"}"),
                person("identify", "2", ",\"attributes\":{\"plan\":\"" + "x".repeat(1001) + "\"}"),
                person("event", "3", ""),
                "7",
                person("identify", "5", ""));
        assertThat(reply.status()).isEqualTo(207);
        JsonNode errors = reply.json().get("errors");
        assertThat(errors.get(0).toString())
                .isEqualTo("{\"batch_index\":1,\"reason\":\"invalid\",\"field\":\"attributes.plan\","
                        + "\"message\":\"property value cannot be longer than 1000 bytes\"}");
        assertThat(errors.get(1).toString())
                .isEqualTo(
                        "{\"batch_index\":2,\"reason\":\"required\",\"field\":\"name\",\"message\":\"name is required\"}");
        assertThat(errors.get(2).get("batch_index").asInt()).isEqualTo(3);
        assertThat(errors).hasSize(3);
        assertThat(server.people()).extracting(Profile::id).containsExactlyInAnyOrder("1", "5");
        assertThat(server.stats().operations()).isEqualTo(2);
        assertThat(server.stats().refused()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | required | type",
                "{\"type\":\"robot\",\"action\":\"identify\"} | invalid | type",
                "{\"type\":\"person\"} | required | action",
                "{\"type\":\"person\",\"action\":\"dance\"} | invalid | action",
                "{\"type\":\"person\",\"action\":\"identify\"} | required | identifiers",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{}} | invalid | identifiers",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"id\":\"1\",\"email\":\"a@b.cd\"}} | invalid | identifiers",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"id\":\" \"}} | invalid | identifiers.id",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"email\":\"nobody\"}} | invalid | identifiers.email",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"phone\":\"555\"}} | invalid | identifiers.phone",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"anonymous_id\":\"a\"}} | invalid | identifiers",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"id\":\"1\"},\"attributes\":7} | invalid | attributes",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"id\":\"1\"},\"timestamp\":\"x\"} | invalid | timestamp",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"id\":\"1\"},\"cio_relationships\":{}} | invalid | cio_relationships",
                "{\"type\":\"person\",\"action\":\"event\",\"identifiers\":{\"id\":\"1\"},\"name\":\"x\",\"id\":\"1\"} | invalid | id",
                "{\"type\":\"person\",\"action\":\"add_device\",\"identifiers\":{\"id\":\"1\"},\"device\":{\"id\":\"t\",\"platform\":\"ios\"}} | required | device.token",
                "{\"type\":\"person\",\"action\":\"add_relationships\",\"identifiers\":{\"id\":\"1\"}} | required | cio_relationships",
                "{\"type\":\"person\",\"action\":\"merge\",\"primary\":{\"id\":\"1\"}} | required | secondary",
                "{\"type\":\"object\",\"action\":\"identify\",\"identifiers\":{\"object_type_id\":1,\"object_id\":\"a\"}} | invalid | identifiers.object_type_id",
                "{\"type\":\"object\",\"action\":\"identify\",\"identifiers\":{\"object_type_id\":\"1\"}} | invalid | identifiers.object_id",
                "{\"type\":\"delivery\",\"action\":\"event\",\"identifiers\":{\"id\":\"d\"},\"name\":\"lost\",\"attributes\":{\"device_token\":\"t\"}} | invalid | name",
                "{\"type\":\"delivery\",\"action\":\"event\",\"identifiers\":{\"id\":\"d\"},\"name\":\"opened\"} | required | attributes.device_token"
            })
    void refusesAWrongOperation(String operation, String reason, String field) throws IOException {
        Reply reply = client.post("/api/v2/entity", operation);
        assertThat(reply.status()).as(reply.body()).isEqualTo(400);
        JsonNode error = reply.json().at("/errors/0");
        assertThat(error.get("reason").asText()).isEqualTo(reason);
        assertThat(error.get("field").asText()).isEqualTo(field);
        assertThat(error.get("message").asText()).isNotBlank();
        assertThat(error.has("batch_index")).isFalse();
        assertThat(server.people()).isEmpty();
    }

    @Test
    void limitsAnOperationTo32KilobytesAlsoInABatch() throws IOException {
        String frame = person("event", "1", ",\"name\":\"x\",\"attributes\":{\"d\":\"\"}");
        String largest = frame.replace("\"\"", "\"" + "d".repeat(32 * 1024 - frame.length()) + "\"");
        String larger = largest.replace("\"d\":\"", "\"d\":\"d");
        assertThat(client.post("/api/v2/entity", largest).status()).isEqualTo(200);
        assertThat(client.post("/api/v2/entity", larger).status()).isEqualTo(400);
        Reply reply = client.batch("  " + larger, largest, person("identify", "2", ""), larger + " ");
        assertThat(reply.status()).isEqualTo(207);
        assertThat(reply.json().get("errors").findValuesAsText("batch_index")).containsExactly("0", "3");
    }

    @Test
    void limitsABatchTo500Kilobytes() throws IOException {
        String event = person("event", "1", ",\"name\":\"x\",\"attributes\":{\"d\":\"" + "d".repeat(20_000) + "\"}");
        String[] many = IntStream.range(0, 25).mapToObj(i -> event).toArray(String[]::new);
        Reply reply = client.batch(many);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().at("/errors/0/field").asText()).isEqualTo("batch");
        assertThat(server.stats().operations()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{\"batch\":[]}",
                "{\"batch\":{}}",
                "[]",
                "not json",
                "{\"batch\":[{}]} trailing",
                "{\"batch\":[{}"
            })
    void refusesWhatIsNoBatch(String body) throws IOException {
        Reply reply = client.post("/api/v2/batch", body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().at("/errors/0/reason").asText()).isIn("required", "invalid");
    }

    @Test
    void asksForALoginAndAContentType() throws IOException {
        HttpRequest.Builder bare = HttpRequest.newBuilder(server.uri().resolve("/api/v2/batch"))
                .POST(BodyPublishers.ofString("{\"batch\":[]}"));
        assertThat(client.send(bare).status()).isEqualTo(401);
        Reply reply = client.send(bare.header("Authorization", "Basic eDp5"));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().at("/errors/0/field").asText()).isEqualTo("Content-Type");
    }

    @Test
    void knowsPeopleByEveryIdentifier() throws IOException {
        client.batch(
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"email\":\"A@example.com\"},\"attributes\":{\"id\":\"1\"}}",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"phone\":\"+48123456789\"}}");
        String cioId = server.person("1").cioId();
        assertThat(server.person("a@example.com").cioId()).isEqualTo(cioId);
        Reply reply = client.post(
                "/api/v2/entity",
                "{\"type\":\"person\",\"action\":\"identify\",\"identifiers\":{\"cio_id\":\"" + cioId
                        + "\"},\"attributes\":{\"plan\":\"pro\"}}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(server.person("1").attributes()).containsKey("plan");
        assertThat(client.get("/v1/customers/%2B48123456789/attributes?id_type=phone")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void relatesPeopleToObjects() throws IOException {
        Reply reply = client.batch(
                "{\"type\":\"object\",\"action\":\"identify\",\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"},"
                        + "\"attributes\":{\"name\":\"Acme\"},\"cio_relationships\":[{\"identifiers\":{\"id\":\"1\"}}]}",
                person(
                        "add_relationships",
                        "2",
                        ",\"cio_relationships\":[{\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"}}]"));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(server.person("1").relationships()).containsExactly("1/acme");
        assertThat(server.person("2").relationships()).containsExactly("1/acme");
        client.post(
                "/api/v2/entity",
                "{\"type\":\"object\",\"action\":\"delete\",\"identifiers\":{\"object_type_id\":\"1\",\"object_id\":\"acme\"}}");
        assertThat(server.person("1").relationships()).isEmpty();
    }

    @Test
    void tracksAnonymousEvents() throws IOException {
        client.batch(
                "{\"type\":\"person\",\"action\":\"event\",\"identifiers\":{\"anonymous_id\":\"a-1\"},\"name\":\"x\"}",
                person("identify", "1", ",\"attributes\":{\"anonymous_id\":\"a-1\"}"));
        assertThat(server.person("1").events()).isEqualTo(1);
    }
}
