package io.cioroutes.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;

/**
 * A webhook that the sandbox sent and the service answered with 2xx.
 *
 * @param number ever growing, from 1
 * @param at when it was answered
 * @param eventId the event's id
 * @param objectType the event's {@code object_type}
 * @param metric the event's {@code metric}
 * @param source what the message is part of: {@code campaign}, {@code broadcast}, {@code newsletter} or
 *     {@code transactional}
 * @param sourceId id or name of that
 * @param channel the message's channel, such as {@code email}
 * @param recipient address, phone number or device, or null
 * @param attempts how often it was sent: 1, and more where the service asked to come back
 * @param body the whole body, as it was signed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SentWebhook(
        long number,
        Instant at,
        String eventId,
        String objectType,
        String metric,
        String source,
        String sourceId,
        String channel,
        String recipient,
        int attempts,
        String body) {

    SentWebhook numbered(long newNumber) {
        return new SentWebhook(
                newNumber, at, eventId, objectType, metric, source, sourceId, channel, recipient, attempts, body);
    }
}
