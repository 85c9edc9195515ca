package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;

class QpidArgumentsTest {
    @Test
    void deadLettersToAQueueThroughTheDefaultExchange() {
        assertThat(QpidArguments.translate(
                        "q", Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "q.dlq")))
                .isEqualTo(Map.of(
                        "alternateBinding",
                        Map.of("destination", "q.dlq"),
                        "maximumDeliveryAttempts",
                        1,
                        "expiryPolicy",
                        "ROUTE_TO_ALTERNATE"));
    }

    @Test
    void deadLettersToAnExchangeAfterATime() {
        assertThat(QpidArguments.translate("q", Map.of("x-dead-letter-exchange", "cio", "x-message-ttl", 30_000L)))
                .isEqualTo(Map.of(
                        "alternateBinding",
                        Map.of("destination", "cio"),
                        "maximumDeliveryAttempts",
                        1,
                        "expiryPolicy",
                        "ROUTE_TO_ALTERNATE",
                        "maximumMessageTtl",
                        30_000L));
    }

    @Test
    void keepsEveryMessageWhereRabbitMqWouldAndDropsWhatHasNoEquivalent() {
        assertThat(QpidArguments.translate(
                        "q",
                        Map.of(
                                "x-queue-type", "quorum",
                                "x-delivery-limit", 100,
                                "x-dead-letter-strategy", "at-least-once",
                                "x-overflow", "reject-publish")))
                .isEqualTo(Map.of("messageDurability", "ALWAYS"));
    }

    @Test
    void limitsTheLength() {
        assertThat(QpidArguments.translate("q", Map.of("x-max-length", 10, "x-overflow", "reject-publish")))
                .isEqualTo(Map.of("maximumQueueDepthMessages", 10L, "overflowPolicy", "REJECT"));
        assertThat(QpidArguments.translate("q", Map.of("x-max-length", 10)))
                .isEqualTo(Map.of("maximumQueueDepthMessages", 10L, "overflowPolicy", "RING"));
    }

    @Test
    void keepsWhatQpidUnderstandsItself() {
        assertThat(QpidArguments.translate("q", Map.of("x-single-active-consumer", true)))
                .isEqualTo(Map.of("x-single-active-consumer", true));
    }

    @Test
    void keepsNameAndFlags() {
        Queue queue = QpidArguments.translate(
                QueueBuilder.nonDurable("q").exclusive().autoDelete().build());
        assertThat(queue.getName()).isEqualTo("q");
        assertThat(queue.isDurable()).isFalse();
        assertThat(queue.isExclusive()).isTrue();
        assertThat(queue.isAutoDelete()).isTrue();
    }

    @Test
    void refusesWhatQpidCannotDo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QpidArguments.translate(
                        "cio.x", Map.of("x-dead-letter-exchange", "cio", "x-dead-letter-routing-key", "other")))
                .withMessageContaining("Queue cio.x dead-letters to exchange cio with a changed routing key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QpidArguments.translate("cio.x", Map.of("x-dead-letter-exchange", "")))
                .withMessageContaining("Queue cio.x");
    }
}
