package io.cioroutes.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Customer.io's request signature: lower-case hex of HMAC-SHA256 over {@code v0:<timestamp>:<body>}, as its reporting
 * webhooks carry it in {@code X-CIO-Signature}, the timestamp (unix seconds) in {@code X-CIO-Timestamp}.
 */
final class RequestSignature {
    static final String SIGNATURE_HEADER = "X-CIO-Signature";
    static final String TIMESTAMP_HEADER = "X-CIO-Timestamp";

    private static final String ALGORITHM = "HmacSHA256";

    /** Each with its key, to be copied: to look one up and give it a key takes longer than to sign. */
    private volatile List<Mac> keys;

    private final Duration replayWindow;
    private final Clock clock;

    /**
     * @param keys every key that is valid now: two while a key is being replaced
     * @param replayWindow how far the timestamp may be from now; zero switches the check off
     * @param clock the time of now
     */
    RequestSignature(List<String> keys, Duration replayWindow, Clock clock) {
        this.keys = keys.stream().map(RequestSignature::keyed).toList();
        this.replayWindow = replayWindow;
        this.clock = clock;
    }

    /** From now on these keys are valid, and no others. */
    void use(List<String> valid) {
        keys = valid.stream().map(RequestSignature::keyed).toList();
    }

    /**
     * Checks a request, in a time that does not depend on where signatures differ.
     *
     * @param timestamp the timestamp header, or null
     * @param signature the signature header, or null
     * @param body the exact bytes received
     * @throws InvalidSignatureException if no key made this signature, or it is outside the replay window
     */
    void verify(String timestamp, String signature, byte[] body) throws InvalidSignatureException {
        if (timestamp == null || signature == null) {
            throw new InvalidSignatureException(TIMESTAMP_HEADER + " or " + SIGNATURE_HEADER + " is missing");
        }
        byte[] given = signature.getBytes(StandardCharsets.UTF_8);
        if (keys.stream().noneMatch(key -> MessageDigest.isEqual(hex(key, timestamp, body), given))) {
            throw new InvalidSignatureException("the signature does not fit any configured signing key");
        }
        if (!replayWindow.isZero() && outsideReplayWindow(timestamp)) {
            throw new InvalidSignatureException(TIMESTAMP_HEADER + " is further from now than " + replayWindow);
        }
    }

    /** The signature that Customer.io would send with this body. */
    static String sign(String key, String timestamp, byte[] body) {
        return new String(hex(keyed(key), timestamp, body), StandardCharsets.US_ASCII);
    }

    private boolean outsideReplayWindow(String timestamp) {
        try {
            Instant signedAt = Instant.ofEpochSecond(Long.parseLong(timestamp));
            return Duration.between(signedAt, clock.instant()).abs().compareTo(replayWindow) > 0;
        } catch (ArithmeticException | java.time.DateTimeException | NumberFormatException e) {
            return true;
        }
    }

    private static byte[] hex(Mac keyed, String timestamp, byte[] body) {
        try {
            Mac mac = (Mac) keyed.clone();
            mac.update(("v0:" + timestamp + ":").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body)).getBytes(StandardCharsets.US_ASCII);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Mac keyed(String key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            // At the start rather than at the first webhook, where it cannot be copied.
            return (Mac) mac.clone();
        } catch (GeneralSecurityException | CloneNotSupportedException e) {
            throw new IllegalStateException("This Java has no " + ALGORITHM + " that can be copied", e);
        }
    }
}
