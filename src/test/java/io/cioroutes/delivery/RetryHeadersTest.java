package io.cioroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.ulid.Ulid;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.MessageProperties;

class RetryHeadersTest {

    private static final byte[] BODY = {1, 2, 3};
    private final Seal seal = new Seal("secret");
    private final RetryHeaders written =
            new RetryHeaders(1_790_000_000L, 1_790_000_100L, 6, 2, true, "01K74CZKW5EDGH6TM3EHM4W3BY");

    private MessageProperties copy() {
        var properties = new MessageProperties();
        written.write(properties, BODY, seal);
        return properties;
    }

    @Test
    void whatTheServiceWroteComesBackThroughTheRetryQueues() {
        assertThat(RetryHeaders.of(copy(), BODY, new Seal("secret"))).isEqualTo(written);
    }

    @Test
    void aFirstReceiptStartsWithAnEventIdOfItsOwn() {
        RetryHeaders first = RetryHeaders.of(new MessageProperties(), BODY, seal);

        assertThat(first.attempts()).isZero();
        assertThat(Ulid.isValid(first.eventId())).isTrue();
        assertThat(RetryHeaders.of(new MessageProperties(), BODY, seal).eventId())
                .isNotEqualTo(first.eventId());
    }

    @Test
    void whatAPublisherChangedOrCopiedIsNotBelieved() {
        MessageProperties changed = copy();
        changed.setHeader(RetryHeaders.ATTEMPTS, 7);
        assertThat(RetryHeaders.of(changed, BODY, seal).attempts()).isZero();
        assertThat(RetryHeaders.of(copy(), new byte[] {9}, seal).parkings()).isZero();
        assertThat(RetryHeaders.of(copy(), BODY, new Seal("other")).parkings()).isZero();
    }
}
