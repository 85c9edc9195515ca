package io.cioroutes.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * One line of the activity log: an event, or a change to a person.
 *
 * @param number ever growing, from 1
 * @param receivedAt when the request came in
 * @param type {@code event}, {@code page}, {@code screen}, {@code identify}, {@code delete}, {@code suppress},
 *     {@code unsuppress}, {@code add_device}, {@code delete_device}, {@code merge}, {@code failed_attribute_change},
 *     {@code ignored}, or another Track v2 action
 * @param cioId the person, or null while the event is anonymous
 * @param who the person in the caller's words (id or e-mail address), or the anonymous id
 * @param name name of the event, or what happened
 * @param eventId the ULID of an event, or null
 * @param timestamp unix seconds as the caller said, or of receipt
 * @param data the event's data, the changed attributes, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Activity(
        long number,
        Instant receivedAt,
        String type,
        String cioId,
        String who,
        String name,
        String eventId,
        long timestamp,
        JsonNode data) {

    Activity of(String newCioId, String newWho) {
        return new Activity(number, receivedAt, type, newCioId, newWho, name, eventId, timestamp, data);
    }
}
