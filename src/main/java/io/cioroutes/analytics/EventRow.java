package io.cioroutes.analytics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cioroutes.analytics.TableSchema.Column;
import io.cioroutes.analytics.TableSchema.Mode;
import io.cioroutes.webhook.QueuedWebhook;
import io.cioroutes.webhook.WebhookEvent;
import java.math.BigDecimal;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a row of a table from a webhook. A value that does not fit its column (an object where a text is expected, a
 * number that is none) is left out there and stays in the payload: the row is stored in any case.
 *
 * <p>A row is a map in the form that BigQuery's {@code insertAll} takes: texts, longs, booleans, timestamps in RFC 3339,
 * JSON as text, bytes in base64, records as maps.
 */
final class EventRow {
    /** BigQuery refuses rows for days further away when it partitions by a timestamp column (streaming inserts). */
    private static final Duration OLDEST = Duration.ofDays(10 * 365);

    private static final Duration NEWEST = Duration.ofDays(365);

    /** Columns whose value does not stand in the body's {@code data} under the column's own name. */
    private static final Map<String, String> PLACES = Map.of(
            "object_type", "/object_type",
            "metric", "/metric",
            "person_id", "/data/identifiers/id",
            "person_email", "/data/identifiers/email",
            "cio_id", "/data/identifiers/cio_id",
            "inbound_to", "/data/to");

    private static final JsonMapper JSON = new JsonMapper();

    private final QueuedWebhook webhook;
    private final WebhookEvent event;

    private EventRow(QueuedWebhook webhook) {
        this.webhook = webhook;
        this.event = WebhookEvent.read(webhook.body(), webhook.id());
    }

    /**
     * Makes a row.
     *
     * @param schema the table
     * @param webhook the webhook
     * @return column to value, in the table's order; columns without a value are left out
     */
    static Map<String, Object> of(TableSchema schema, QueuedWebhook webhook) {
        EventRow source = new EventRow(webhook);
        Map<String, Object> row = new LinkedHashMap<>();
        for (Column column : schema.columns()) {
            Object value = source.value(column);
            if (value != null) {
                row.put(column.name(), value);
            }
        }
        return row;
    }

    private Object value(Column column) {
        return switch (column.name()) {
            case "event_id" -> event.eventId();
            case "event_time" -> eventTime().toString();
            case "received_at" -> receivedAt().toString();
            case "payload" -> event.root().isMissingNode() ? null : payload();
            case "problem" -> event.problem() == null ? "unknown object_type or metric" : event.problem();
            case "raw_body" -> event.text().map(EventRow::storable).orElse(null);
            case "raw_bytes" ->
                event.text().isPresent() ? null : Base64.getEncoder().encodeToString(webhook.body());
            default -> fitting(column, event.root().at(PLACES.getOrDefault(column.name(), "/data/" + column.name())));
        };
    }

    private Instant receivedAt() {
        return webhook.receivedAt().truncatedTo(ChronoUnit.MILLIS);
    }

    private Instant eventTime() {
        JsonNode timestamp = event.root().path("timestamp");
        BigDecimal seconds = decimal(timestamp);
        Instant now = receivedAt();
        if (seconds == null
                || seconds.compareTo(BigDecimal.valueOf(now.minus(OLDEST).getEpochSecond())) < 0
                || seconds.compareTo(BigDecimal.valueOf(now.plus(NEWEST).getEpochSecond())) > 0) {
            return now;
        }
        return Instant.ofEpochMilli(seconds.movePointRight(3).longValue());
    }

    /** The exact text, unless a database would refuse it: escapes that are half of a character exist in JSON only. */
    private String payload() {
        String text = event.text().orElseThrow();
        if (!text.contains("\\u")) {
            return text;
        }
        return wellFormed(event.root()) ? text : storable(write(event.root()));
    }

    private static boolean wellFormed(JsonNode node) {
        if (node.isTextual()) {
            return encoder().canEncode(node.textValue());
        }
        boolean names = true;
        for (var field = node.fieldNames(); field.hasNext(); ) {
            names &= encoder().canEncode(field.next());
        }
        for (JsonNode child : node) {
            names &= wellFormed(child);
        }
        return names;
    }

    private static Object fitting(Column column, JsonNode value) {
        if (column.mode() == Mode.REPEATED) {
            return repeated(column, value);
        }
        return switch (column.type()) {
            case STRING -> value.isTextual() || value.isNumber() || value.isBoolean() ? storable(value.asText()) : null;
            case INTEGER -> integer(value);
            case BOOLEAN -> bool(value);
            case JSON -> value.isContainerNode() ? storable(write(value)) : null;
            case RECORD -> value.isObject() ? record(column, value) : null;
            case TIMESTAMP, BYTES -> throw new IllegalStateException("No rule for column " + column.name());
        };
    }

    private static Object repeated(Column column, JsonNode values) {
        List<Object> fitting = new ArrayList<>();
        if (values.isArray()) {
            for (JsonNode value : values) {
                if (value.isObject()) {
                    fitting.add(record(column, value));
                }
            }
        }
        return fitting.isEmpty() ? null : fitting;
    }

    private static Map<String, Object> record(Column column, JsonNode value) {
        Map<String, Object> record = new LinkedHashMap<>();
        for (Column field : column.fields()) {
            Object fitting = fitting(field, value.path(field.name()));
            if (fitting != null) {
                record.put(field.name(), fitting);
            }
        }
        return record;
    }

    private static Object integer(JsonNode value) {
        BigDecimal number = decimal(value);
        try {
            return number == null ? null : number.longValueExact();
        } catch (ArithmeticException e) {
            return null; // a fraction, or too large for the column
        }
    }

    /** A number, or a text that is one; otherwise null. */
    private static BigDecimal decimal(JsonNode value) {
        if (value.isNumber()) {
            return value.decimalValue();
        }
        // Longer texts are no ids or times, and can take very long to compute with.
        if (!value.isTextual() || value.textValue().length() > 30) {
            return null;
        }
        try {
            return new BigDecimal(value.textValue().strip());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Object bool(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        return switch (value.asText()) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    /** A half of a surrogate pair alone has no bytes in UTF-8: it becomes a question mark. */
    private static String storable(String text) {
        return encoder().canEncode(text)
                ? text
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static CharsetEncoder encoder() {
        return StandardCharsets.UTF_8.newEncoder();
    }

    private static String write(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A parsed JSON value cannot be written", e);
        }
    }
}
