package io.cioroutes.delivery;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells what this service wrote on a message from what a publisher wrote: an HMAC-SHA256 over the text and the body,
 * under a key that all instances share because they share the API's credentials. After these change, a message in a
 * retry queue merely starts anew.
 */
final class Seal {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    /** @param secret anything that all instances know and publishers do not */
    Seal(String secret) {
        key = new SecretKeySpec(("cio-retry:" + secret).getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    String of(String text, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    boolean fits(String seal, String text, byte[] body) {
        return MessageDigest.isEqual(
                seal.getBytes(StandardCharsets.UTF_8), of(text, body).getBytes(StandardCharsets.UTF_8));
    }
}
