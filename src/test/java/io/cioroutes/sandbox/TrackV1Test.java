package io.cioroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackV1Test {
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

    private static void accept(Reply reply) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    private static void refuse(Reply reply, String text) {
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().at("/meta/errors/0").asText()).contains(text);
    }

    private static String value(String person, String attribute) {
        var value = server.person(person).attributes().get(attribute);
        return value == null ? null : value.asText();
    }

    @Test
    void answersTwoBracesAndALineFeed() throws IOException {
        Reply reply = client.put("/api/v1/customers/42", "{}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("{}\n");
        assertThat(reply.response().headers().firstValue("content-type")).contains("application/json; charset=utf-8");
        assertThat(reply.response().headers().firstValue("content-length")).contains("3");
    }

    @ParameterizedTest
    @CsvSource({
        "user-42, user-42",
        "a%20b, a b",
        "a%2Fb, a/b",
        "a%2Bb, a+b",
        "a+b, a+b",
        "a%25b, a%b",
        "u%C5%BCytkownik-42-%E6%97%A5%E6%9C%AC, użytkownik-42-日本",
        "jane%2Btest%40example.com, jane+test@example.com"
    })
    void readsIdentifiersFromThePath(String encoded, String identifier) throws IOException {
        accept(client.put("/api/v1/customers/" + encoded, "{\"plan\":\"pro\"}"));
        assertThat(value(identifier, "plan")).isEqualTo("pro");
        assertThat(server.requests().get(0).target()).isEqualTo("/api/v1/customers/" + encoded);
    }

    @Test
    void tellsTheKindOfIdentifierByItsShape() throws IOException {
        accept(client.put("/api/v1/customers/42", "{}"));
        accept(client.put("/api/v1/customers/Jane@Example.com", "{}"));
        Profile byId = server.person("42");
        assertThat(byId.id()).isEqualTo("42");
        assertThat(server.person("jane@example.COM").email()).isEqualTo("jane@example.com");
        accept(client.put("/api/v1/customers/cio_" + byId.cioId(), "{\"plan\":\"pro\"}"));
        assertThat(value("42", "plan")).isEqualTo("pro");
        accept(client.put("/api/v1/customers/cio_ffffff", "{}"));
        assertThat(server.people()).hasSize(2);
        assertThat(server.activities().get(0).type()).isEqualTo("ignored");
    }

    @Test
    void givesAPersonKnownByEmailTheIdOfThePath() throws IOException {
        accept(client.put("/api/v1/customers/jane%40example.com", "{\"first_name\":\"Jane\"}"));
        accept(client.put("/api/v1/customers/42", "{\"email\":\"JANE@example.com\",\"plan\":\"pro\"}"));
        assertThat(server.people()).hasSize(1);
        assertThat(server.person("42").email()).isEqualTo("jane@example.com");
        assertThat(value("42", "first_name")).isEqualTo("Jane");
    }

    @Test
    void notesAnIdentifierThatBelongsToSomebodyElse() throws IOException {
        accept(client.put("/api/v1/customers/1", "{\"email\":\"a@example.com\"}"));
        accept(client.put("/api/v1/customers/2", "{\"email\":\"b@example.com\"}"));
        accept(client.put("/api/v1/customers/2", "{\"email\":\"a@example.com\",\"plan\":\"pro\"}"));
        assertThat(server.person("2").email()).isEqualTo("b@example.com");
        assertThat(value("2", "plan")).isEqualTo("pro");
        assertThat(server.activities()).anyMatch(line -> line.type().equals("failed_attribute_change"));
    }

    @Test
    void changesAnIdOnlyByCioId() throws IOException {
        accept(client.put("/api/v1/customers/1", "{}"));
        accept(client.put("/api/v1/customers/1", "{\"id\":\"2\"}"));
        assertThat(server.person("2")).isNull();
        accept(client.put("/api/v1/customers/cio_" + server.person("1").cioId(), "{\"id\":\"2\"}"));
        assertThat(server.person("1")).isNull();
        assertThat(server.person("2").id()).isEqualTo("2");
    }

    @Test
    void neverCreatesWithUpdate() throws IOException {
        accept(client.put("/api/v1/customers/1", "{\"_update\":true,\"plan\":\"pro\"}"));
        assertThat(server.people()).isEmpty();
        accept(client.put("/api/v1/customers/1", "{}"));
        accept(client.put("/api/v1/customers/1", "{\"_update\":true,\"plan\":\"pro\"}"));
        assertThat(value("1", "plan")).isEqualTo("pro");
        assertThat(value("1", "_update")).isNull();
    }

    @Test
    void keepsTheNewerAttributeWhateverTheOrder() throws IOException {
        accept(client.put("/api/v1/customers/1", "{\"_timestamp\":2000000000,\"plan\":\"new\",\"a\":1}"));
        accept(client.put("/api/v1/customers/1", "{\"_timestamp\":1000000000,\"plan\":\"old\",\"b\":2}"));
        assertThat(value("1", "plan")).isEqualTo("new");
        assertThat(value("1", "b")).isEqualTo("2");
        accept(client.put("/api/v1/customers/1", "{\"_timestamp\":2000000001,\"plan\":\"\"}"));
        accept(client.put("/api/v1/customers/1", "{\"_timestamp\":2000000000,\"plan\":\"revived\"}"));
        assertThat(value("1", "plan")).isNull();
    }

    @Test
    void setsOneTopicWithoutLosingTheOthers() throws IOException {
        accept(client.put(
                "/api/v1/customers/1",
                "{\"cio_subscription_preferences\":{\"topics\":{\"topic_1\":true,\"topic_2\":true}}}"));
        accept(client.put("/api/v1/customers/1", "{\"cio_subscription_preferences.topics.topic_1\":false}"));
        assertThat(server.person("1")
                        .attributes()
                        .get("cio_subscription_preferences")
                        .toString())
                .isEqualTo("{\"topics\":{\"topic_1\":false,\"topic_2\":true}}");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "\"TRUE\", true", "1, true", "\"1\", true", "false, false", "\"yes\", false"})
    void readsUnsubscribed(String json, boolean unsubscribed) throws IOException {
        accept(client.put("/api/v1/customers/1", "{\"unsubscribed\":" + json + "}"));
        assertThat(server.person("1").unsubscribed()).isEqualTo(unsubscribed);
    }

    @Test
    void deletesAndLetsThePersonComeBack() throws IOException {
        accept(client.put("/api/v1/customers/1", "{\"email\":\"a@example.com\",\"plan\":\"pro\"}"));
        accept(client.delete("/api/v1/customers/1"));
        assertThat(server.people()).isEmpty();
        accept(client.post("/api/v1/customers/1/events", "{\"name\":\"again\"}"));
        assertThat(value("1", "plan")).isNull();
        assertThat(server.person("a@example.com")).isNull();
    }

    @Test
    void suppressDeletesAndBlocksIdAndEmailUntilUnsuppressed() throws IOException {
        accept(client.put("/api/v1/customers/1", "{\"email\":\"a@example.com\",\"plan\":\"pro\"}"));
        accept(client.post("/api/v1/customers/1/suppress", "{}"));
        assertThat(server.person("1").suppressed()).isTrue();
        assertThat(server.person("1").attributes()).isEmpty();
        accept(client.put("/api/v1/customers/1", "{\"plan\":\"pro\"}"));
        accept(client.put("/api/v1/customers/a%40example.com", "{\"plan\":\"pro\"}"));
        accept(client.put("/api/v1/customers/2", "{\"email\":\"a@example.com\"}"));
        accept(client.post("/api/v1/customers/1/events", "{\"name\":\"x\"}"));
        accept(client.delete("/api/v1/customers/1"));
        assertThat(server.person("1").suppressed()).isTrue();
        assertThat(server.person("1").attributes()).isEmpty();
        assertThat(server.person("2")).isNull();
        assertThat(server.stats().events()).isZero();

        accept(client.post("/api/v1/customers/1/unsuppress", "{}"));
        assertThat(server.people()).isEmpty();
        accept(client.put("/api/v1/customers/1", "{\"email\":\"a@example.com\"}"));
        assertThat(server.person("a@example.com").suppressed()).isFalse();
    }

    @Test
    void suppressesSomebodyUnknown() throws IOException {
        accept(client.post("/api/v1/customers/1/suppress", null));
        accept(client.put("/api/v1/customers/1", "{\"plan\":\"pro\"}"));
        assertThat(server.person("1").attributes()).isEmpty();
    }

    @Test
    void keepsDevices() throws IOException {
        accept(
                client.put(
                        "/api/v1/customers/1/devices",
                        "{\"device\":{\"id\":\"a/b\",\"platform\":\"ios\",\"last_used\":1700000000,\"attributes\":{\"v\":\"2\"}}}"));
        Profile.Device device = server.person("1").devices().get(0);
        assertThat(device.token()).isEqualTo("a/b");
        assertThat(device.lastUsed()).isEqualTo(1700000000L);
        accept(client.delete("/api/v1/customers/1/devices/a%2Fb"));
        assertThat(server.person("1").devices()).isEmpty();
        refuse(client.put("/api/v1/customers/1/devices", "{}"), "device is required");
        refuse(
                client.put("/api/v1/customers/1/devices", "{\"device\":{\"platform\":\"ios\"}}"),
                "device.id is required");
        refuse(
                client.put("/api/v1/customers/1/devices", "{\"device\":{\"id\":\"a\",\"platform\":\"beos\"}}"),
                "device.platform must be ios or android");
    }

    @Test
    void tracksEventsAndCreatesThePerson() throws IOException {
        accept(client.post(
                "/api/v1/customers/1/events",
                "{\"name\":\" purchase \",\"timestamp\":1700000000,\"data\":{\"price\":23.45}}"));
        accept(client.post("/api/v1/customers/1/events", "{\"type\":\"page\",\"name\":\"https://example.com/\"}"));
        accept(client.post("/api/v1/customers/1/events", "{\"type\":\"screen\",\"name\":\"home\"}"));
        assertThat(server.person("1").events()).isEqualTo(3);
        List<Activity> events = server.activities();
        assertThat(events).extracting(Activity::type).containsExactly("screen", "page", "event");
        assertThat(events.get(2).name()).isEqualTo("purchase");
        assertThat(events.get(2).timestamp()).isEqualTo(1700000000L);
        assertThat(events.get(2).data().get("price").doubleValue()).isEqualTo(23.45);
    }

    @Test
    void countsAnEventIdOnce() throws IOException {
        String event = "{\"name\":\"x\",\"id\":\"01HB4HBDKTFWYZCK01DMRSWRFD\"}";
        accept(client.post("/api/v1/customers/1/events", event));
        accept(client.post("/api/v1/customers/1/events", event));
        accept(client.post("/api/v1/customers/2/events", event));
        assertThat(server.stats().events()).isEqualTo(1);
        assertThat(server.stats().duplicateEvents()).isEqualTo(2);
        refuse(client.post("/api/v1/customers/1/events", "{\"name\":\"x\",\"id\":\"no-ulid\"}"), "id must be a ULID");
    }

    @Test
    void tiesAnonymousEventsToThePerson() throws IOException {
        accept(client.post("/api/v1/events", "{\"name\":\"watched\",\"anonymous_id\":\"anon-1\"}"));
        assertThat(server.activities().get(0).cioId()).isNull();
        accept(client.put("/api/v1/customers/1", "{\"anonymous_id\":\"anon-1\"}"));
        accept(client.post("/api/v1/events", "{\"name\":\"later\",\"anonymous_id\":\"anon-1\"}"));
        accept(client.put("/api/v1/customers/2", "{\"anonymous_id\":\"anon-1\"}"));
        Profile person = server.person("1");
        assertThat(person.events()).isEqualTo(2);
        assertThat(server.person("2").events()).isZero();
        assertThat(server.activities().stream().filter(line -> line.type().equals("event")))
                .allMatch(line -> person.cioId().equals(line.cioId()));
    }

    @Test
    void invitesSomebodyByDataRecipient() throws IOException {
        accept(client.post("/api/v1/events", "{\"name\":\"invite\",\"data\":{\"recipient\":\"new@example.com\"}}"));
        refuse(client.post("/api/v1/events", "{\"name\":\"invite\"}"), "anonymous_id or data.recipient is required");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | name is required",
                "{\"name\":\"  \"} | name is required",
                "{\"name\":7} | name must be a string",
                "{\"name\":\"x\",\"timestamp\":\"soon\"} | timestamp must be unix time",
                "{\"name\":\"x\",\"timestamp\":1700000000000} | timestamp must be unix time",
                "{\"name\":\"x\",\"data\":[1]} | data must be an object",
                "{\"name\":\"x\",\"type\":\"alias\"} | type must be event, page or screen",
                "[1] | must be a JSON object",
                "{\"name\":\"x\"} trailing | not valid JSON",
                "not json | not valid JSON"
            })
    void refusesWrongEvents(String body, String text) throws IOException {
        refuse(client.post("/api/v1/customers/1/events", body), text);
        assertThat(server.people()).isEmpty();
    }

    @Test
    void enforcesTheDocumentedSizes() throws IOException {
        accept(client.put("/api/v1/customers/" + "i".repeat(150), "{}"));
        refuse(client.put("/api/v1/customers/" + "i".repeat(151), "{}"), "150 bytes");
        // Bytes count, not characters.
        refuse(client.put("/api/v1/customers/" + "%C5%BC".repeat(76), "{}"), "150 bytes");
        accept(client.put("/api/v1/customers/1", "{\"" + "n".repeat(150) + "\":\"" + "v".repeat(1000) + "\"}"));
        refuse(client.put("/api/v1/customers/1", "{\"" + "n".repeat(151) + "\":1}"), "name cannot be longer than 150");
        refuse(
                client.put("/api/v1/customers/1", "{\"plan\":\"" + "ż".repeat(501) + "\"}"),
                "plan: property value cannot be longer than 1000 bytes");
        accept(client.put("/api/v1/customers/1", attributes(300)));
        refuse(client.put("/api/v1/customers/1", attributes(301)), "more than 300");
        accept(client.post("/api/v1/customers/1/events", "{\"name\":\"" + "e".repeat(100) + "\"}"));
        refuse(client.post("/api/v1/customers/1/events", "{\"name\":\"" + "e".repeat(101) + "\"}"), "100 bytes");
        // {"d":"…"} is 8 bytes more than its value.
        accept(client.post(
                "/api/v1/customers/1/events", "{\"name\":\"x\",\"data\":{\"d\":\"" + "d".repeat(99_992) + "\"}}"));
        refuse(
                client.post(
                        "/api/v1/customers/1/events",
                        "{\"name\":\"x\",\"data\":{\"d\":\"" + "d".repeat(99_993) + "\"}}"),
                "100000 bytes");
    }

    private static String attributes(int count) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            json.append(i == 0 ? "" : ",").append("\"a").append(i).append("\":1");
        }
        return json.append('}').toString();
    }

    @Test
    void mergesTheSecondaryIntoThePrimary() throws IOException {
        accept(client.put("/api/v1/customers/1", "{\"plan\":\"pro\"}"));
        accept(client.put("/api/v1/customers/b%40example.com", "{\"plan\":\"free\",\"city\":\"Gdansk\"}"));
        accept(client.post("/api/v1/customers/b%40example.com/events", "{\"name\":\"x\"}"));
        accept(client.post(
                "/api/v1/merge_customers", "{\"primary\":{\"id\":\"1\"},\"secondary\":{\"email\":\"b@example.com\"}}"));
        Profile merged = server.person("1");
        assertThat(server.people()).hasSize(1);
        assertThat(value("1", "plan")).isEqualTo("pro");
        assertThat(value("1", "city")).isEqualTo("Gdansk");
        assertThat(merged.email()).isEqualTo("b@example.com");
        assertThat(merged.events()).isEqualTo(1);
        assertThat(server.person("b@example.com").cioId()).isEqualTo(merged.cioId());
    }

    @Test
    void mergeNeedsOneIdentifierOnEachSide() throws IOException {
        Reply reply = client.post(
                "/api/v1/merge_customers",
                "{\"primary\":{\"id\":\"1\",\"email\":\"a@example.com\"},\"secondary\":{\"id\":\"2\"}}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().at("/meta/error").asText()).startsWith("primary must contain exactly one");
        accept(client.post("/api/v1/merge_customers", "{\"primary\":{\"id\":\"1\"},\"secondary\":{\"id\":\"2\"}}"));
        assertThat(server.people()).isEmpty();
    }

    @Test
    void putsPeopleInManualSegments() throws IOException {
        accept(client.put("/api/v1/customers/1", "{\"email\":\"a@example.com\"}"));
        accept(client.post(
                "/api/v1/segments/7/add_customers?id_type=email", "{\"ids\":[\"A@example.com\",\"x@y.z\"]}"));
        assertThat(server.person("1").segments()).containsExactly(7L);
        accept(client.post("/api/v1/segments/7/remove_customers", "{\"ids\":[\"1\"]}"));
        assertThat(server.person("1").segments()).isEmpty();
        refuse(client.post("/api/v1/segments/7/add_customers", "{\"ids\":[]}"), "1 to 1000");
        refuse(client.post("/api/v1/segments/x/add_customers", "{\"ids\":[\"1\"]}"), "segment must be a number");
        refuse(client.post("/api/v1/segments/7/add_customers?id_type=phone", "{\"ids\":[\"1\"]}"), "id_type");
    }

    @Test
    void takesMetricsAndForms() throws IOException {
        accept(client.post(
                "/api/v1/metrics", "{\"delivery_id\":\"d\",\"metric\":\"opened\",\"timestamp\":1700000000}"));
        refuse(client.post("/api/v1/metrics", "{\"delivery_id\":\"d\",\"metric\":\"lost\"}"), "metric must be one of");
        refuse(
                client.post("/api/v1/push/events", "{\"delivery_id\":\"d\",\"event\":\"bounced\"}"),
                "event must be one of");
        Reply form =
                client.post("/api/v1/forms/f-1/submit", "{\"data\":{\"email\":\"a@example.com\",\"city\":\"Gdansk\"}}");
        assertThat(form.status()).isEqualTo(204);
        assertThat(form.body()).isEmpty();
        assertThat(value("a@example.com", "city")).isEqualTo("Gdansk");
        refuse(client.post("/api/v1/forms/f-1/submit", "{\"data\":{\"city\":\"Gdansk\"}}"), "data.email or data.id");
        refuse(client.post("/api/v1/forms/f-1/submit", "{\"data\":{\"id\":\"1\",\"n\":1}}"), "data.n must be a string");
    }

    @Test
    void tellsItsRegion() throws IOException {
        Reply reply = client.get("/api/v1/accounts/region");
        assertThat(reply.json().get("region").asText()).isEqualTo("us");
        assertThat(reply.json().get("url").asText()).isEqualTo("https://track.customer.io");
        assertThat(reply.json().get("environment_id").isInt()).isTrue();
    }

    @Test
    void unsubscribesByDeliveryWithoutALogin() throws IOException {
        String delivery = client.post(
                        "/v1/send/email",
                        "{\"to\":\"a@example.com\",\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":3}")
                .json()
                .get("delivery_id")
                .asText();
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri().resolve("/unsubscribe/" + delivery))
                .POST(BodyPublishers.ofString("{\"unsubscribe\":true}"));
        assertThat(client.send(request).status()).isEqualTo(400);
        assertThat(client.send(request.header("Content-Type", "application/json"))
                        .status())
                .isEqualTo(200);
        assertThat(server.person("1").unsubscribed()).isTrue();
    }

    @Test
    void asksForALoginAndAContentType() throws IOException {
        HttpRequest.Builder bare = HttpRequest.newBuilder(server.uri().resolve("/api/v1/customers/1"))
                .PUT(BodyPublishers.ofString("{}"))
                .header("Content-Type", "application/json");
        Reply reply = client.send(bare);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.json().at("/meta/error").asText()).isEqualTo("Unauthorized request");
        assertThat(client.send(bare.header("Authorization", "Bearer x")).status())
                .isEqualTo(401);
        refuse(
                client.send(client.request("PUT", "/api/v1/customers/1", "a=b")
                        .setHeader("Content-Type", "application/x-www-form-urlencoded")),
                "Content-Type must be application/json");
        assertThat(server.people()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/customers/1",
        "POST, /api/v1/nothing",
        "PUT, /api/v1/customers/",
        "PUT, /api/v1/customers/a/b",
        "POST, /api/v3/entity",
        "GET, /other"
    })
    void knowsNoOtherEndpoint(String method, String path) throws IOException {
        assertThat(client.send(method, path, "GET".equals(method) ? null : "{}").status())
                .isEqualTo(404);
    }
}
