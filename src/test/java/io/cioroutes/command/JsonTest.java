package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    private static final String TEXT = "{\"userId\":\"żółw\"}";

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "ISO-8859-2"})
    void readsNoOtherEncoding(String charset) {
        assertRefused(TEXT.getBytes(Charset.forName(charset)), "the body is not UTF-8");
    }

    @Test
    void readsNoOverlongOrTruncatedUtf8() {
        assertRefused(new byte[] {'{', '"', (byte) 0xC0, (byte) 0xAF, '"', ':', '1', '}'}, "the body is not UTF-8");
        assertRefused(new byte[] {'"', (byte) 0xC5}, "the body is not UTF-8");
    }

    @Test
    void readsPastAByteOrderMark() throws InvalidCommandException {
        byte[] body = ("\uFEFF" + TEXT).getBytes(StandardCharsets.UTF_8);

        assertThat(Json.read(body).get("userId").textValue()).isEqualTo("żółw");
    }

    @Test
    void boundsTheDepth() throws InvalidCommandException {
        assertThat(Json.read(nested(99))).isNotEmpty();
        assertRefused(nested(100), "Document nesting depth (101) exceeds the maximum allowed (100)");
    }

    @Test
    void boundsTheLengthOfNumbers() {
        byte[] body = ("{\"n\":" + "9".repeat(1001) + "}").getBytes(StandardCharsets.UTF_8);

        assertRefused(body, "Number value length (1001) exceeds the maximum allowed (1000)");
    }

    @Test
    void writesWhatItRead() throws InvalidCommandException {
        String text = "{\"a\":0.10,\"b\":1E-30,\"c\":12345678901234567890,\"d\":\"żółw 😀 日本\",\"e\":null,\"f\":[]}";

        assertThat(new String(Json.write(Json.read(text.getBytes(StandardCharsets.UTF_8))), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    /** JSON can escape what UTF-8 cannot say. It must not become another text on the way. */
    @Test
    void keepsHalfASurrogatePairAsTheEscapeThatItWas() throws InvalidCommandException {
        String text = "{\"a\":\"\\uD83D\"}";

        assertThat(Json.write(Json.read(text.getBytes(StandardCharsets.UTF_8))))
                .asString()
                .isEqualTo(text);
    }

    private static byte[] nested(int depth) {
        return ("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static void assertRefused(byte[] body, String message) {
        assertThatExceptionOfType(InvalidCommandException.class)
                .isThrownBy(() -> Json.read(body))
                .withMessage(message);
    }
}
