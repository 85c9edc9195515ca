package io.cioroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppApiTest {
    private static final String TRIGGERS = "/v1/campaigns/12/triggers";

    private static SandboxServer server;
    private static SandboxClient client;

    @BeforeAll
    static void start() {
        server = SandboxServer.start(SandboxOptions.defaults().withPort(0).withBroadcastInterval(Duration.ZERO));
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

    private static Reply email(String fields) throws IOException {
        return client.post(
                "/v1/send/email", "{\"to\":\"a@example.com\",\"identifiers\":{\"id\":\"1\"}," + fields + "}");
    }

    private static void refuse(Reply reply, int status, String text) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(reply.json().at("/meta/error").asText()).contains(text);
        assertThat(server.messages()).isEmpty();
    }

    @Test
    void sendsAnEmailAndCreatesThePerson() throws IOException {
        long before = Instant.now().getEpochSecond();
        Reply reply = email(
                "\"transactional_message_id\":44,\"message_data\":{\"order\":{\"id\":7}},\"cc\":\"b@example.com\"");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().get("delivery_id").asText()).hasSize(28);
        assertThat(reply.json().get("queued_at").asLong()).isGreaterThanOrEqualTo(before);
        assertThat(reply.json().has("send_at")).isFalse();
        Message message = server.messages().get(0);
        assertThat(message.transactionalMessageId()).isEqualTo("44");
        assertThat(message.data().at("/order/id").asInt()).isEqualTo(7);
        assertThat(message.request().get("cc").asText()).isEqualTo("b@example.com");
        assertThat(server.person("1").messages()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "push | {\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":44,\"to\":\"last_used\"}",
                "sms | {\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":\"code\",\"to\":\"+15551234567\"}",
                "sms | {\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":\"code\",\"to\":\"{{customer.phone}}\"}",
                "whatsapp | {\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":\"code\"}",
                "in_app | {\"identifiers\":{\"email\":\"a@example.com\"},\"transactional_message_id\":5}",
                "inbox_message | {\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":5,\"anything\":[1]}"
            })
    void sendsOnEveryOtherChannel(String channel, String body) throws IOException {
        assertThat(client.post("/v1/send/" + channel, body).status()).isEqualTo(200);
        assertThat(server.messages().get(0).channel()).isEqualTo(channel);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "email | {} | identifiers is required",
                "email | {\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1} | to is required",
                "email | {\"to\":\"a@b.cd\",\"identifiers\":{\"id\":\"1\"}} | body is required without transactional_message_id",
                "email | {\"to\":\"nobody\",\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1} | not an e-mail address",
                "email | {\"to\":\"a@b.cd\",\"identifiers\":{\"id\":\"1\",\"email\":\"a@b.cd\"},\"transactional_message_id\":1} | exactly one of",
                "email | {\"to\":\"a@b.cd\",\"identifiers\":{\"phone\":\"+15551234567\"},\"transactional_message_id\":1} | exactly one of",
                "email | {\"to\":\"a@b.cd\",\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1.5} | must be a number or a trigger name",
                "email | {\"to\":\"a@b.cd\",\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1,\"message_data\":\"x\"} | message_data must be an object",
                "email | {\"to\":\"a@b.cd\",\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1,\"tracked\":\"yes\"} | tracked must be true or false",
                "email | {\"to\":\"a@b.cd\",\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1,\"send_at\":9999999999} | 90 days",
                "email | {\"to\":\"a@b.cd\",\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1,\"headers\":{\"X Y\":\"1\"}} | headers must be ASCII",
                "email | {\"to\":\"a@b.cd\",\"identifiers\":{\"id\":1},\"transactional_message_id\":1,\"auto_create\":true} | must be a string for auto_create",
                "push | {\"identifiers\":{\"id\":\"1\"}} | transactional_message_id is required",
                "push | {\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1,\"custom_device\":{\"token\":\"t\"}} | device.platform is required",
                "sms | {\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1} | to is required",
                "sms | {\"identifiers\":{\"id\":\"1\"},\"transactional_message_id\":1,\"to\":\"555\"} | E.164",
                "in_app | {\"transactional_message_id\":1} | identifiers is required",
                "in_app | [] | not a valid JSON object",
                "in_app | {\"a\" | not a valid JSON object"
            })
    void refusesAWrongSend(String channel, String body, String text) throws IOException {
        refuse(client.post("/v1/send/" + channel, body), 400, text);
    }

    @Test
    void takesContentInPlaceOfATemplate() throws IOException {
        assertThat(email("\"body\":\"Hi\",\"subject\":\"Hello\",\"from\":\"s@example.com\"")
                        .status())
                .isEqualTo(200);
        assertThat(server.messages().get(0).transactionalMessageId()).isEqualTo("1");
        assertThat(email(
                                "\"transactional_message_id\":1,\"headers\":\"[{\\\"name\\\":\\\"X-A\\\",\\\"value\\\":\\\"b\\\"}]\"")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void limitsRecipientsTo15() throws IOException {
        String fourteen = addresses(13) + ",\\\"Doe, Jane\\\" <jane@example.com>";
        assertThat(email("\"transactional_message_id\":1,\"bcc\":\"" + fourteen + "\"")
                        .status())
                .isEqualTo(200);
        server.reset();
        refuse(email("\"transactional_message_id\":1,\"bcc\":\"" + addresses(15) + "\""), 400, "15 recipients");
    }

    private static String addresses(int count) {
        return IntStream.range(0, count).mapToObj(i -> "u" + i + "@example.com").collect(Collectors.joining(","));
    }

    @Test
    void checksAttachments() throws IOException {
        assertThat(email("\"transactional_message_id\":1,\"attachments\":{\"a.txt\":\"aGVsbG8=\"}")
                        .status())
                .isEqualTo(200);
        assertThat(server.messages().get(0).request().at("/attachments/a.txt").asText())
                .startsWith("base64");
        server.reset();
        refuse(
                email("\"transactional_message_id\":1,\"attachments\":{\"a.txt\":\"hello!\"}"),
                400,
                "Attachment must be base64 encoded: \"a.txt\"");
        refuse(
                email("\"transactional_message_id\":1,\"attachments\":{\"a.exe\":\"aGVsbG8=\"}"),
                403,
                "Forbidden file type exe for attachment a.exe.");
        refuse(email("\"transactional_message_id\":1,\"attachments\":{\"noext\":\"aGVsbG8=\"}"), 400, "extension");
        String megabyte = Base64.getEncoder().encodeToString(new byte[1024 * 1024]);
        refuse(
                email("\"transactional_message_id\":1,\"attachments\":{\"a.txt\":\"" + megabyte + "\",\"b.txt\":\""
                        + megabyte + "\",\"c.txt\":\"aA==\"}"),
                413,
                "Total attachment size exceeds the limit");
        refuse(
                email("\"transactional_message_id\":1,\"message_data\":{\"d\":\"" + "d".repeat(1024 * 1024) + "\"}"),
                413,
                "");
    }

    @Test
    void schedulesASend() throws IOException {
        long later = Instant.now().getEpochSecond() + 3600;
        Reply reply = email("\"transactional_message_id\":1,\"send_at\":" + later);
        assertThat(reply.json().get("send_at").asLong()).isEqualTo(later);
        assertThat(server.messages().get(0).metrics()).containsOnlyKeys("created");
        assertThat(email("\"transactional_message_id\":1,\"send_at\":1700000000")
                        .json()
                        .has("send_at"))
                .isFalse();
    }

    @Test
    void saysWhyAMessageWillNotGoOut() throws IOException {
        client.post("/api/v1/customers/1/suppress", "{}");
        assertThat(email("\"transactional_message_id\":1").status()).isEqualTo(200);
        assertThat(server.messages().get(0).undeliverable()).isEqualTo("the person is suppressed");
        client.put("/api/v1/customers/2", "{\"unsubscribed\":true}");
        client.post(
                "/v1/send/in_app",
                "{\"identifiers\":{\"id\":\"2\"},\"transactional_message_id\":1,\"send_to_unsubscribed\":false}");
        assertThat(server.messages().get(0).undeliverable()).isEqualTo("the person is unsubscribed");
        client.post("/v1/send/in_app", "{\"identifiers\":{\"id\":\"2\"},\"transactional_message_id\":1}");
        assertThat(server.messages().get(0).undeliverable()).isNull();
    }

    @Test
    void readsMessagesAndPeopleBack() throws IOException {
        client.put("/api/v1/customers/1", "{\"email\":\"a+b@example.com\",\"age\":7,\"tags\":[1]}");
        String delivery = email("\"transactional_message_id\":1")
                .json()
                .get("delivery_id")
                .asText();
        client.post(
                "/api/v1/metrics",
                "{\"delivery_id\":\"" + delivery + "\",\"metric\":\"opened\",\"timestamp\":1700000009}");
        JsonNode message = client.get("/v1/messages/" + delivery).json().get("message");
        assertThat(message.get("id").asText()).isEqualTo(delivery);
        assertThat(message.get("type").asText()).isEqualTo("email");
        assertThat(message.at("/customer_identifiers/id").asText()).isEqualTo("1");
        assertThat(message.at("/metrics/opened").asLong()).isEqualTo(1700000009L);
        assertThat(message.at("/metrics/delivered").asLong()).isPositive();

        assertThat(client.get("/v1/customers?email=a%2Bb%40example.com")
                        .json()
                        .at("/results/0/id")
                        .asText())
                .isEqualTo("1");
        // In a query an unencoded plus is a space, which matches nobody.
        assertThat(client.get("/v1/customers?email=a+b@example.com").body()).isEqualTo("{\"results\":[]}");

        JsonNode customer = client.get("/v1/customers/1/attributes").json().get("customer");
        assertThat(customer.at("/attributes/age").isTextual()).isTrue();
        assertThat(customer.at("/attributes/tags").asText()).isEqualTo("[1]");
        assertThat(customer.get("unsubscribed").asBoolean()).isFalse();
        assertThat(client.get("/v1/customers/a%2Bb%40example.com/attributes?id_type=email")
                        .status())
                .isEqualTo(200);
        assertThat(client.get("/v1/customers/a%2Bb%40example.com/attributes?id_type=id")
                        .status())
                .isEqualTo(404);
        assertThat(client.get("/v1/customers/1/messages").json().get("messages"))
                .hasSize(1);
        assertThat(client.get("/v1/messages?type=sms").json().get("messages")).isEmpty();
        assertThat(client.get("/v1/messages/unknown")
                        .json()
                        .at("/errors/0/status")
                        .asText())
                .isEqualTo("404");
    }

    @Test
    void pagesThroughMessages() throws IOException {
        for (int i = 0; i < 5; i++) {
            email("\"transactional_message_id\":1");
        }
        JsonNode first = client.get("/v1/messages?limit=3").json();
        assertThat(first.get("messages")).hasSize(3);
        JsonNode second = client.get(
                        "/v1/messages?limit=3&start=" + first.get("next").asText())
                .json();
        assertThat(second.get("messages")).hasSize(2);
        assertThat(second.get("next").asText()).isEmpty();
    }

    @Test
    void triggersBroadcasts() throws IOException {
        client.put("/api/v1/customers/1", "{\"email\":\"a@example.com\",\"plan\":\"pro\"}");
        client.put("/api/v1/customers/2", "{\"plan\":\"free\"}");
        client.post("/api/v1/segments/7/add_customers", "{\"ids\":[\"2\"]}");
        for (String body : new String[] {
            "{}",
            "{\"data\":{\"headline\":\"x\"},\"ids\":[\"1\",2]}",
            "{\"emails\":[\"A@example.com\",\"x@example.com\"],\"email_ignore_missing\":true,\"email_add_duplicates\":true}",
            "{\"per_user_data\":[{\"id\":\"1\",\"data\":{\"a\":1}},{\"email\":\"a@example.com\",\"data\":{}}]}",
            "{\"data_file_url\":\"https://example.com/u.jsonl\",\"id_ignore_missing\":true}",
            "{\"recipients\":{\"segment\":{\"id\":7}}}",
            "{\"recipients\":{\"and\":[{\"attribute\":{\"field\":\"plan\",\"operator\":\"exists\"}},"
                    + "{\"not\":{\"attribute\":{\"field\":\"plan\",\"operator\":\"eq\",\"value\":\"free\"}}}]}}"
        }) {
            Reply reply = client.post(TRIGGERS, body);
            assertThat(reply.status()).as(body + reply.body()).isEqualTo(200);
        }
        assertThat(server.messages().get(0).cioIds())
                .containsExactly(server.person("1").cioId());
        assertThat(server.messages().get(1).cioIds())
                .containsExactly(server.person("2").cioId());
        assertThat(server.messages().get(0).triggerId()).isEqualTo(7);
        JsonNode status = client.get(TRIGGERS + "/7").json();
        assertThat(status.get("broadcast_id").asInt()).isEqualTo(12);
        assertThat(status.get("processed_at").asLong()).isPositive();
        assertThat(client.get("/v1/campaigns/13/triggers/7").status()).isEqualTo(404);
        assertThat(client.get("/v1/broadcasts/12/triggers").json().get("triggers"))
                .hasSize(7);
    }

    @Test
    void failsTheWholeBroadcastForOneUnknownPerson() throws IOException {
        Reply reply = client.post(TRIGGERS, "{\"ids\":[\"user-99\"]}");
        assertThat(reply.status()).isEqualTo(422);
        JsonNode error = reply.json().at("/errors/0");
        assertThat(error.get("detail").asText()).endsWith("for trigger 1");
        assertThat(error.at("/source/pointer").asText()).isEqualTo("/data/attributes/per_user_data");
        assertThat(error.get("status").asText()).isEqualTo("422");
        assertThat(client.get(TRIGGERS + "/1/errors").body())
                .contains("\"line 1: customer with id user-99 not found\"")
                .contains("\"next\":0");
        assertThat(server.people()).isEmpty();
        assertThat(server.messages()).isEmpty();
        assertThat(client.post(TRIGGERS, "{\"ids\":[\"user-99\"],\"id_ignore_missing\":true}")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"ids\":[\"1\"],\"emails\":[\"a@b.cd\"]} | at most one audience",
                "{\"recipients\":{}} | empty recipients filter is not valid",
                "{\"recipients\":{\"segment\":{\"id\":1},\"attribute\":{}}} | exactly one of",
                "{\"recipients\":{\"segment\":{\"id\":\"x\"}}} | recipients.segment.id must be a number",
                "{\"recipients\":{\"and\":[{\"attribute\":{\"field\":\"a\",\"operator\":\"gt\"}}]}} | operator must be eq or exists",
                "{\"recipients\":{\"xor\":[]}} | not one of",
                "{\"ids\":[]} | array of 1 to 10000",
                "{\"ids\":[{}]} | ids[0]",
                "{\"per_user_data\":[{\"data\":{}}]} | per_user_data[0]",
                "{\"data_file_url\":\"ftp://example.com/x\"} | http or https",
                "{\"ids\":[\"1\"],\"email_ignore_missing\":true} | does not fit the audience",
                "{\"ids\":[\"1\"],\"id_ignore_missing\":\"yes\"} | must be true or false",
                "{\"data\":[]} | data must be an object"
            })
    void refusesAWrongBroadcast(String body, String text) throws IOException {
        Reply reply = client.post(TRIGGERS, body);
        assertThat(reply.status()).as(reply.body()).isEqualTo(422);
        assertThat(reply.json().at("/errors/0/detail").asText()).contains(text);
        assertThat(reply.json().at("/errors/0/status").asText()).isEqualTo("422");
    }

    @Test
    void limitsBroadcastDataAndAudience() throws IOException {
        assertThat(client.post(TRIGGERS, "{\"data\":{\"d\":\"" + "d".repeat(49_993) + "\"}}")
                        .status())
                .isEqualTo(422);
        String ids = IntStream.range(0, 10_001).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(","));
        assertThat(client.post(TRIGGERS, "{\"ids\":[" + ids + "]}").status()).isEqualTo(422);
        Reply large = client.post(TRIGGERS, "{\"data\":\"" + "d".repeat(25 * 1024 * 1024) + "\"}");
        assertThat(large.status()).isEqualTo(413);
        assertThat(client.post(TRIGGERS, "{").json().at("/errors/0/status").asText())
                .isEqualTo("400");
        assertThat(client.post("/v1/campaigns/x/triggers", "{}").status()).isEqualTo(404);
    }

    @Test
    void takesOneBroadcastInTheInterval() throws IOException {
        try (SandboxServer slow = SandboxServer.start(SandboxOptions.defaults().withPort(0))) {
            SandboxClient caller = new SandboxClient(slow);
            assertThat(caller.post(TRIGGERS, "{}").status()).isEqualTo(200);
            Reply refused = caller.post(TRIGGERS, "{}");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).isEmpty();
        }
    }

    @Test
    void acceptsOnlyItsCredentialsWhereTheyAreSet() throws IOException {
        SandboxOptions strict = SandboxOptions.defaults().withPort(0).withCredentials("site", "key", "app-key");
        try (SandboxServer guarded = SandboxServer.start(strict)) {
            SandboxClient caller = new SandboxClient(guarded);
            assertThat(caller.put("/api/v1/customers/1", "{}").status()).isEqualTo(200);
            assertThat(caller.post(TRIGGERS, "{}").status()).isEqualTo(200);
            assertThat(caller.send(caller.request("PUT", "/api/v1/customers/1", "{}")
                                    .setHeader("Authorization", "Basic eDp5"))
                            .status())
                    .isEqualTo(401);
            Reply refused =
                    caller.send(caller.request("POST", TRIGGERS, "{}").setHeader("Authorization", "Bearer other"));
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.body())
                    .isEqualTo("{\"errors\":[{\"detail\":\"unauthorized\",\"status\":\"401\"}]}")
                    .isNotEmpty();
        }
    }

    @Test
    void asksForABearerTokenAndAContentType() throws IOException {
        HttpRequest.Builder bare =
                HttpRequest.newBuilder(server.uri().resolve("/v1/send/email")).POST(BodyPublishers.ofString("{}"));
        assertThat(client.send(bare).status()).isEqualTo(401);
        Reply reply = client.send(bare.header("Authorization", "Bearer x"));
        assertThat(reply.json().at("/meta/error").asText()).contains("Content-Type");
        HttpRequest.Builder broadcast = HttpRequest.newBuilder(server.uri().resolve(TRIGGERS))
                .header("Authorization", "Bearer x")
                .POST(BodyPublishers.ofString("{}"));
        assertThat(client.send(broadcast).status()).isEqualTo(422);
    }
}
