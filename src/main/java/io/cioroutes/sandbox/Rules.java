package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.f4b6a3.ulid.Ulid;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The documented checks that Track v1 and v2 share. Sizes are bytes of UTF-8, as documented. */
final class Rules {
    static final int MAX_ATTRIBUTES = 300;
    static final int MAX_ATTRIBUTE_NAME = 150;
    static final int MAX_ATTRIBUTE_VALUE = 1000;
    static final int MAX_EVENT_NAME = 100;
    static final int MAX_EVENT_DATA = 100_000;
    static final int MAX_OBJECT_ATTRIBUTES = 100_000;
    static final Set<String> PLATFORMS = Set.of("ios", "android");
    /** Unix seconds up to here; anything above is milliseconds by mistake (the official Ruby SDK's bound). */
    private static final long MAX_TIMESTAMP = 100_000_000_000L;

    private Rules() {}

    static void personAttributes(JsonNode attributes, String prefix, List<Problem> problems) {
        if (Json.isAbsent(attributes)) {
            return;
        }
        if (!isObject(attributes, prefix.isEmpty() ? "attributes" : prefix, problems)) {
            return;
        }
        count(attributes, problems);
        String dot = prefix.isEmpty() ? "" : prefix + ".";
        for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
            String name = attribute.getKey();
            JsonNode value = attribute.getValue();
            attributeName(name, dot, problems);
            switch (name) {
                case "_timestamp" -> timestamp(value, dot + name, problems);
                case "_update" -> {
                    if (!value.isBoolean()) {
                        problems.add(Problem.invalid(dot + name, "_update must be true or false"));
                    }
                }
                case "id", "cio_id" -> {
                    if (Json.utf8(value.asText()) > Identifier.MAX_BYTES) {
                        problems.add(Problem.invalid(
                                dot + name, name + " cannot be longer than " + Identifier.MAX_BYTES + " bytes"));
                    }
                }
                case "cio_relationships", "cio_subscription_preferences" -> {
                    // Structures of their own, not attribute values.
                }
                default -> {
                    if (Json.size(value) > MAX_ATTRIBUTE_VALUE) {
                        problems.add(Problem.invalid(
                                dot + name, "property value cannot be longer than " + MAX_ATTRIBUTE_VALUE + " bytes"));
                    }
                }
            }
        }
    }

    static void objectAttributes(JsonNode attributes, String prefix, List<Problem> problems) {
        if (Json.isAbsent(attributes) || !isObject(attributes, prefix, problems)) {
            return;
        }
        count(attributes, problems);
        attributes.fieldNames().forEachRemaining(name -> attributeName(name, prefix + ".", problems));
        if (Json.size(attributes) > MAX_OBJECT_ATTRIBUTES) {
            problems.add(
                    Problem.invalid(prefix, prefix + " cannot be larger than " + MAX_OBJECT_ATTRIBUTES + " bytes"));
        }
    }

    private static void count(JsonNode attributes, List<Problem> problems) {
        if (attributes.size() > MAX_ATTRIBUTES) {
            problems.add(
                    Problem.invalid("attributes", "attributes cannot be more than " + MAX_ATTRIBUTES + " at a time"));
        }
    }

    private static void attributeName(String name, String dot, List<Problem> problems) {
        if (Json.utf8(name) > MAX_ATTRIBUTE_NAME) {
            problems.add(Problem.invalid(
                    dot + name, "property name cannot be longer than " + MAX_ATTRIBUTE_NAME + " bytes"));
        }
    }

    /** Checks name, id, timestamp and data of an event, page or screen. */
    static void event(JsonNode event, String dataField, List<Problem> problems) {
        JsonNode name = event.path("name");
        if (Json.isAbsent(name) || (name.isTextual() && name.textValue().isBlank())) {
            problems.add(Problem.required("name"));
        } else if (!name.isTextual()) {
            problems.add(Problem.invalid("name", "name must be a string"));
        } else if (Json.utf8(name.textValue().strip()) > MAX_EVENT_NAME) {
            problems.add(Problem.invalid("name", "name cannot be longer than " + MAX_EVENT_NAME + " bytes"));
        }
        JsonNode id = event.path("id");
        if (!Json.isAbsent(id) && !(id.isTextual() && Ulid.isValid(id.textValue()))) {
            problems.add(Problem.invalid("id", "id must be a ULID"));
        }
        timestamp(event.path("timestamp"), "timestamp", problems);
        JsonNode data = event.path(dataField);
        if (!Json.isAbsent(data) && isObject(data, dataField, problems) && Json.size(data) > MAX_EVENT_DATA) {
            problems.add(Problem.invalid(dataField, dataField + " cannot be larger than " + MAX_EVENT_DATA + " bytes"));
        }
    }

    static void device(JsonNode device, String idField, List<Problem> problems) {
        if (Json.isAbsent(device)) {
            problems.add(Problem.required("device"));
            return;
        }
        if (!isObject(device, "device", problems)) {
            return;
        }
        deviceToken(device, idField, problems);
        JsonNode platform = device.path("platform");
        if (Json.isAbsent(platform)) {
            problems.add(Problem.required("device.platform"));
        } else if (!PLATFORMS.contains(platform.asText())) {
            problems.add(Problem.invalid("device.platform", "device.platform must be ios or android"));
        }
        timestamp(device.path("last_used"), "device.last_used", problems);
        JsonNode attributes = device.path("attributes");
        if (!Json.isAbsent(attributes)) {
            isObject(attributes, "device.attributes", problems);
        }
    }

    static void deviceToken(JsonNode device, String idField, List<Problem> problems) {
        if (!Json.isText(device.path(idField))) {
            problems.add(Problem.required("device." + idField));
        }
    }

    static void timestamp(JsonNode value, String field, List<Problem> problems) {
        if (Json.isAbsent(value)) {
            return;
        }
        if (!value.isIntegralNumber() || value.longValue() < 0 || value.longValue() > MAX_TIMESTAMP) {
            problems.add(Problem.invalid(field, field + " must be unix time in whole seconds"));
        }
    }

    static boolean isObject(JsonNode value, String field, List<Problem> problems) {
        if (!value.isObject()) {
            problems.add(Problem.invalid(field, field + " must be an object"));
            return false;
        }
        return true;
    }
}
