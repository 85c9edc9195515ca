package io.cioroutes.command;

import com.github.f4b6a3.ulid.Ulid;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** The ULID by which Customer.io recognizes an event that comes twice. */
final class EventId {

    /** Crockford's alphabet, which has no I, L, O and U; the first character holds three bits. */
    private static final Pattern ULID = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}", Pattern.CASE_INSENSITIVE);

    private EventId() {}

    /**
     * The message's id as it is where it is a ULID, otherwise a ULID derived from it, always the same one. Without an id
     * a new one: then nothing tells a repetition from a second event.
     *
     * @param messageId may be null
     * @param fallback the ULID where there is no message id; null for a new one
     */
    static String of(String messageId, String fallback) {
        if (messageId == null) {
            return fallback == null ? Ulid.fast().toString() : fallback;
        }
        if (messageId.length() == Ulid.ULID_CHARS && ULID.matcher(messageId).matches()) {
            return messageId;
        }
        return Ulid.from(Arrays.copyOf(sha256(messageId), Ulid.ULID_BYTES)).toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
