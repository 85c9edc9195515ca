package io.cioroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the official Node SDK (customerio-node 5.2.0) sends is accepted as it is. */
class SdkRequestsTest {
    private static SandboxServer server;
    private static SandboxClient client;

    @BeforeAll
    static void start() throws IOException {
        server = SandboxServer.start(SandboxOptions.defaults().withPort(0).withBroadcastInterval(Duration.ZERO));
        client = new SandboxClient(server);
        // The people that the recorded reads and broadcasts name.
        client.put("/api/v1/customers/user-42", "{\"email\":\"jane@example.com\"}");
        client.put("/api/v1/customers/user-43", "{\"email\":\"a@example.com\"}");
        // The recorded read asks for trigger 3.
        for (int i = 0; i < 3; i++) {
            client.post("/v1/campaigns/12/triggers", "{}");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> accepted() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/sandbox/sdk-requests.json")) {
            JsonNode recorded = Json.MAPPER.readTree(in);
            return StreamSupport.stream(
                            Spliterators.spliterator(recorded.iterator(), recorded.size(), Spliterator.ORDERED), false)
                    .map(call -> DynamicTest.dynamicTest(call.get("name").asText(), () -> check(call)));
        }
    }

    private static void check(JsonNode call) throws IOException {
        String body = call.get("body").textValue();
        SandboxClient.Reply reply =
                client.send(call.get("method").textValue(), call.get("path").textValue(), body.isEmpty() ? null : body);
        // The recorded delivery id is not one of this run.
        int expected = "app_get_message".equals(call.get("name").textValue()) ? 404 : 200;
        assertThat(reply.status()).as(reply.body()).isEqualTo(expected);
    }
}
