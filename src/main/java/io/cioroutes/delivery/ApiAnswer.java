package io.cioroutes.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Customer.io answered.
 *
 * @param status HTTP status
 * @param body the body as text, possibly empty, possibly not JSON
 */
record ApiAnswer(int status, String body) {

    /** Longest error text that is kept with a message, in characters. */
    private static final int MAX_TEXT = 1000;

    private static final JsonMapper JSON = new JsonMapper();

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** The body as JSON, or null if it is none. */
    JsonNode json() {
        try {
            return body.isBlank() ? null : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /**
     * The items of a batch that were refused: index in the batch to the API's text. All others were accepted. An index
     * may be named more than once; entries without a usable index, and an answer without entries, cannot be attributed
     * and are under -1.
     */
    Map<Integer, String> refusedItems() {
        Map<Integer, String> refused = new TreeMap<>();
        JsonNode errors = json() == null ? null : json().get("errors");
        if (errors != null && errors.isArray()) {
            for (JsonNode error : errors) {
                refused.merge(error.path("batch_index").asInt(-1), text(error), (a, b) -> a + "; " + b);
            }
        } else {
            refused.put(-1, errorText());
        }
        return refused;
    }

    /** The API's own words about an error, whichever of its four envelopes they came in. */
    String errorText() {
        JsonNode json = json();
        if (json != null) {
            List<String> texts = new ArrayList<>();
            collect(json.path("meta").path("errors"), texts);
            collect(json.path("meta").path("error"), texts);
            collect(json.path("errors"), texts);
            collect(json.path("error"), texts);
            if (!texts.isEmpty()) {
                return shortened(String.join("; ", texts));
            }
        }
        return body.isBlank() ? "no text" : shortened(body.strip());
    }

    private static void collect(JsonNode node, List<String> texts) {
        if (node.isArray()) {
            node.forEach(item -> texts.add(text(item)));
        } else if (!node.isMissingNode() && !node.isNull()) {
            texts.add(text(node));
        }
    }

    private static String text(JsonNode error) {
        if (!error.isObject()) {
            return error.asText();
        }
        List<String> parts = new ArrayList<>();
        for (String name : List.of("field", "reason", "message", "detail")) {
            if (error.hasNonNull(name)) {
                parts.add(error.get(name).asText());
            }
        }
        return parts.isEmpty() ? error.toString() : String.join(": ", parts);
    }

    private static String shortened(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }
}
