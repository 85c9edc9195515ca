package io.cioroutes.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;

/** Shows what kind of message it is without showing whose data it carries. */
final class Masking {

    private static final JsonMapper JSON = new JsonMapper();

    private static final String MASK = "***";

    /** Longest preview, in characters: two lines of a wide window. */
    private static final int PREVIEW = 300;

    /** Entries of a list that are shown. */
    private static final int ENTRIES = 3;

    /** Top-level fields that name the operation, and the person by the publisher's own key. */
    private static final Set<String> SHOWN = Set.of(
            "type",
            "action",
            "name",
            "channel",
            "templateId",
            "broadcastId",
            "timestamp",
            "id",
            "userId",
            "anonymousId",
            "resubscribed",
            "metric",
            "object_type",
            "event_id");

    private static final Pattern EMAIL = Pattern.compile("[^\\s@\"'<>,;:()\\[\\]{}]+@[^\\s@\"'<>,;:()\\[\\]{}]+");
    private static final Pattern PHONE = Pattern.compile("\\+\\d[\\d ()/-]{5,}\\d");

    private Masking() {}

    /** A text without the addresses and telephone numbers in it. */
    static String text(String text) {
        return PHONE.matcher(EMAIL.matcher(text).replaceAll(MASK)).replaceAll(MASK);
    }

    /**
     * The beginning of a body: its fields, with the values of those that name the operation. A body that is no JSON
     * object is not shown, because nothing tells what in it is personal.
     */
    static String preview(byte[] body) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (IOException e) {
            return "(not JSON)";
        }
        if (!(json instanceof ObjectNode object)) {
            return "(no JSON object)";
        }
        ObjectNode masked = JsonNodeFactory.instance.objectNode();
        object.properties()
                .forEach(field -> masked.set(
                        text(field.getKey()),
                        SHOWN.contains(field.getKey()) && field.getValue().isValueNode()
                                ? shown(field.getValue())
                                : masked(field.getValue())));
        try {
            String preview = JSON.writeValueAsString(masked);
            return preview.length() <= PREVIEW ? preview : preview.substring(0, PREVIEW) + " …";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON can be written", e);
        }
    }

    private static JsonNode shown(JsonNode value) {
        return value.isTextual() ? JsonNodeFactory.instance.textNode(text(value.textValue())) : value;
    }

    private static JsonNode masked(JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode masked = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(field -> masked.set(text(field.getKey()), masked(field.getValue())));
            return masked;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode masked = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < Math.min(ENTRIES, array.size()); i++) {
                masked.add(masked(array.get(i)));
            }
            if (array.size() > ENTRIES) {
                masked.add((array.size() - ENTRIES) + " more");
            }
            return masked;
        }
        return JsonNodeFactory.instance.textNode(MASK);
    }
}
