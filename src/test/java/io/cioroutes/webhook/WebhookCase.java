package io.cioroutes.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * A webhook and what becomes of it, from {@code src/test/resources/webhooks}.
 *
 * <p>A file has the body as JSON ({@code body}), as text ({@code text}) or in base64; the {@code routingKey} on the bus,
 * the {@code table}, the {@code row} with every column that has a value (leaving out {@code received_at} and the body
 * itself, and what differs at each receipt), and {@code payload} where it is not the body's text.
 */
public record WebhookCase(String name, byte[] body, String routingKey, String table, JsonNode row, String payload) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Every case of a folder: {@code events} are Customer.io's, {@code edge} what must not break anything. */
    public static Stream<WebhookCase> in(String folder) {
        try (Stream<Path> files = Files.list(
                Path.of(WebhookCase.class.getResource("/webhooks/" + folder).toURI()))) {
            List<WebhookCase> cases = files.sorted().map(WebhookCase::read).toList();
            return cases.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every case. */
    public static Stream<WebhookCase> all() {
        return Stream.concat(in("events"), in("edge"));
    }

    private static WebhookCase read(Path file) {
        try {
            JsonNode json = JSON.readTree(file.toFile());
            byte[] body = json.has("base64")
                    ? Base64.getDecoder().decode(json.get("base64").asText())
                    : (json.has("text")
                                    ? json.get("text").asText()
                                    : json.get("body").toString())
                            .getBytes(StandardCharsets.UTF_8);
            return new WebhookCase(
                    file.getFileName().toString().replace(".json", ""),
                    body,
                    json.get("routingKey").asText(),
                    json.get("table").asText(),
                    json.get("row"),
                    json.path("payload").textValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
