package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A person in the workspace; guarded by the workspace's lock. */
final class Person {
    /** A value and when it was set; a removed attribute stays as a null value, so that an older update cannot revive it. */
    record Attribute(JsonNode value, long timestamp) {}

    final String cioId;
    final Instant createdAt = Instant.now();
    final Map<String, Attribute> attributes = new LinkedHashMap<>();
    final Map<String, Profile.Device> devices = new LinkedHashMap<>();
    final Map<String, JsonNode> relationships = new TreeMap<>();
    final Set<Long> segments = new TreeSet<>();
    final Set<String> anonymousIds = new TreeSet<>();
    String id;
    String email;
    String phone;
    boolean suppressed;
    Instant changedAt = createdAt;
    long events;
    long messages;

    Person(String cioId) {
        this.cioId = cioId;
    }

    String name() {
        return id != null ? id : email != null ? email : phone != null ? phone : "cio_" + cioId;
    }

    JsonNode value(String attribute) {
        Attribute found = attributes.get(attribute);
        return found == null ? null : found.value();
    }

    /** Customer.io's reading: true, "true" in any case, 1 and "1" unsubscribe; anything else does not. */
    boolean unsubscribed() {
        JsonNode value = value("unsubscribed");
        return value != null && Set.of("true", "1").contains(value.asText().toLowerCase(Locale.ROOT));
    }

    void forget() {
        attributes.clear();
        devices.clear();
        relationships.clear();
        segments.clear();
        anonymousIds.clear();
        events = 0;
        messages = 0;
    }

    Profile profile() {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        Map<String, Long> timestamps = new LinkedHashMap<>();
        attributes.forEach((name, attribute) -> {
            if (attribute.value() != null) {
                values.put(name, attribute.value());
                timestamps.put(name, attribute.timestamp());
            }
        });
        return new Profile(
                cioId,
                id,
                email,
                phone,
                values,
                timestamps,
                List.copyOf(devices.values()),
                List.copyOf(segments),
                List.copyOf(relationships.keySet()),
                suppressed,
                unsubscribed(),
                createdAt,
                changedAt,
                events,
                messages);
    }
}
