package io.cioroutes.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestSignatureTest {
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    record Vector(String name, String key, String timestamp, String body, String signature, boolean valid) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Vector> vectors() throws IOException {
        try (InputStream file = RequestSignatureTest.class.getResourceAsStream("/webhooks/signatures.json")) {
            return Stream.of(new JsonMapper().readValue(file, Vector[].class));
        }
    }

    private static RequestSignature keys(String... keys) {
        return new RequestSignature(List.of(keys), Duration.ZERO, Clock.systemUTC());
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void judgesAsCustomerIoSigns(Vector vector) {
        byte[] body = vector.body().getBytes(StandardCharsets.UTF_8);
        var verification =
                assertThatCode(() -> keys(vector.key()).verify(vector.timestamp(), vector.signature(), body));
        if (vector.valid()) {
            verification.doesNotThrowAnyException();
            assertThat(RequestSignature.sign(vector.key(), vector.timestamp(), body))
                    .isEqualTo(vector.signature());
        } else {
            verification.isInstanceOf(InvalidSignatureException.class);
        }
    }

    @Test
    void acceptsEveryConfiguredKey() throws Exception {
        RequestSignature signature = keys("old", "new");
        signature.verify("1", RequestSignature.sign("old", "1", BODY), BODY);
        signature.verify("1", RequestSignature.sign("new", "1", BODY), BODY);
        assertThatThrownBy(() -> signature.verify("1", RequestSignature.sign("other", "1", BODY), BODY))
                .isInstanceOf(InvalidSignatureException.class);
    }

    @Test
    void refusesEverythingWithoutAKey() {
        assertThatThrownBy(() -> keys().verify("1", RequestSignature.sign("any", "1", BODY), BODY))
                .isInstanceOf(InvalidSignatureException.class);
    }

    @Test
    void refusesWhatIsMissing() {
        assertThatThrownBy(() -> keys("k").verify(null, RequestSignature.sign("k", "1", BODY), BODY))
                .isInstanceOf(InvalidSignatureException.class);
        assertThatThrownBy(() -> keys("k").verify("1", null, BODY)).isInstanceOf(InvalidSignatureException.class);
        assertThatThrownBy(() -> keys("k").verify("1", "", BODY)).isInstanceOf(InvalidSignatureException.class);
    }

    @ParameterizedTest
    @CsvSource({"1000,true", "700,true", "1300,true", "699,false", "1301,false", "now,false", "99999999999999999,false"
    })
    void keepsToAReplayWindow(String timestamp, boolean accepted) {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1000), ZoneOffset.UTC);
        RequestSignature signature = new RequestSignature(List.of("k"), Duration.ofMinutes(5), clock);
        var verification =
                assertThatCode(() -> signature.verify(timestamp, RequestSignature.sign("k", timestamp, BODY), BODY));
        if (accepted) {
            verification.doesNotThrowAnyException();
        } else {
            verification.isInstanceOf(InvalidSignatureException.class);
        }
    }
}
