package io.cioroutes.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a webhook's body says, as far as it can be read. Customer.io adds fields and types without notice, and whatever
 * carries a valid signature is kept, so reading never fails: it leaves a {@link #problem()} instead.
 */
public final class WebhookEvent {
    /** Stands in a routing key for an object type or metric that a body does not have. */
    static final String UNRECOGNIZED = "unrecognized";

    /** insertId's limit in BigQuery; Customer.io's ids are ULIDs of 26 characters. */
    private static final int MAX_ID_LENGTH = 128;

    /** Two of them and the dot stay below AMQP's 255 bytes for a routing key. */
    private static final int MAX_WORD_LENGTH = 120;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final String fallbackId;
    private final String text;
    private final JsonNode root;
    private final String problem;

    private WebhookEvent(String fallbackId, String text, JsonNode root, String problem) {
        this.fallbackId = fallbackId;
        this.text = text;
        this.root = root;
        this.problem = problem;
    }

    /**
     * Reads a body.
     *
     * @param body the bytes that Customer.io sent
     * @param fallbackId names the event where the body does not: the same for every copy of it
     */
    public static WebhookEvent read(byte[] body, String fallbackId) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            return unreadable(fallbackId, null, "not UTF-8");
        }
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return unreadable(fallbackId, text, "not JSON");
        }
        if (root.isMissingNode()) {
            return unreadable(fallbackId, text, "empty");
        }
        return new WebhookEvent(fallbackId, text, root, problem(root));
    }

    private static WebhookEvent unreadable(String fallbackId, String text, String problem) {
        return new WebhookEvent(fallbackId, text, MissingNode.getInstance(), problem);
    }

    private static String problem(JsonNode root) {
        if (!root.isObject()) {
            return "not a JSON object";
        }
        if (!root.path("object_type").isTextual() || !root.path("metric").isTextual()) {
            return "object_type or metric is missing";
        }
        if (!root.path("data").isObject()) {
            return "data is missing or no object";
        }
        return null;
    }

    /** {@code event_id}, or the fallback where the body has none that can serve as a key. */
    public String eventId() {
        JsonNode id = root.path("event_id");
        String value = id.isTextual() || id.isIntegralNumber() ? id.asText() : "";
        return value.isBlank() || value.length() > MAX_ID_LENGTH ? fallbackId : value;
    }

    /** The channel or {@code customer}; null where the body has no text there. */
    public String objectType() {
        return root.path("object_type").textValue();
    }

    /** What happened; null where the body has no text there. */
    public String metric() {
        return root.path("metric").textValue();
    }

    /** Why this cannot be read as an event, in words; null if it can. */
    public String problem() {
        return problem;
    }

    /** The parsed body; a missing node where it is not JSON. */
    public JsonNode root() {
        return root;
    }

    /** The body as text; empty where it is not UTF-8. */
    public Optional<String> text() {
        return Optional.ofNullable(text);
    }

    /**
     * The key under which the event is published on the bus: always two words, so that {@code email.*} and
     * {@code *.clicked} mean what a subscriber thinks they mean. What would be a separator or wildcard there is
     * replaced by {@code _}; a missing word is {@code unrecognized}.
     */
    public String routingKey() {
        return word(objectType()) + "." + word(metric());
    }

    private static String word(String value) {
        if (value == null || value.isBlank()) {
            return UNRECOGNIZED;
        }
        String safe = value.replaceAll("[^A-Za-z0-9_-]", "_");
        return safe.substring(0, Math.min(safe.length(), MAX_WORD_LENGTH));
    }
}
