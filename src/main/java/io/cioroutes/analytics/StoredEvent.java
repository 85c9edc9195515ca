package io.cioroutes.analytics;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/**
 * An event as the store has it.
 *
 * @param eventId its id
 * @param receivedAt when it was received
 * @param body the webhook's body
 */
record StoredEvent(String eventId, Instant receivedAt, byte[] body) {
    /**
     * @param text the body as text, or null
     * @param raw the body in base64 where it is no text, or null
     */
    static StoredEvent of(String eventId, Instant receivedAt, String text, String raw) {
        byte[] body = text == null ? Base64.getMimeDecoder().decode(raw) : text.getBytes(StandardCharsets.UTF_8);
        return new StoredEvent(eventId, receivedAt, body);
    }
}
