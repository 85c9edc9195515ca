package io.cioroutes.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A person as the workspace holds them at one moment.
 *
 * @param cioId the identifier that Customer.io makes itself
 * @param id the company's own id, or null
 * @param email e-mail address in lower case, or null
 * @param phone phone number used as an identifier, or null
 * @param attributes attribute to value, identifiers included
 * @param timestamps attribute to unix seconds of its last change
 * @param devices devices for push
 * @param segments manual segments that the person is in
 * @param relationships objects that the person is related to, as {@code type/id}
 * @param suppressed true: everything about the person was deleted, and their identifiers are blocked
 * @param unsubscribed true where the attribute {@code unsubscribed} says so
 * @param createdAt first seen
 * @param changedAt last change
 * @param events events taken for this person
 * @param messages messages taken for this person
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Profile(
        String cioId,
        String id,
        String email,
        String phone,
        Map<String, JsonNode> attributes,
        Map<String, Long> timestamps,
        List<Device> devices,
        List<Long> segments,
        List<String> relationships,
        boolean suppressed,
        boolean unsubscribed,
        Instant createdAt,
        Instant changedAt,
        long events,
        long messages) {

    /**
     * A device for push.
     *
     * @param token what the push service calls the device
     * @param platform {@code ios} or {@code android}
     * @param lastUsed unix seconds, or null
     * @param attributes whatever else the app said, or null
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Device(String token, String platform, Long lastUsed, JsonNode attributes) {}
}
