package io.cioroutes.delivery;

import io.opentelemetry.api.trace.StatusCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead-letter channel: copies a command to {@code <queue>.dlq} with the reason in headers, then acknowledges it. The
 * reason is the command's own {@link Failure}, else the exception that the route met, under the reason in the exchange
 * property {@value #REASON}.
 */
final class DeadLetter extends SettleByCopy {

    static final String REASON = "reason";

    private static final Logger log = LoggerFactory.getLogger(DeadLetter.class);

    private final SendOnce sendOnce;
    private final DeliveryMetrics metrics;

    DeadLetter(ConfirmedPublisher publisher, SendOnce sendOnce, DeliveryMetrics metrics) {
        super(publisher);
        this.sendOnce = sendOnce;
        this.metrics = metrics;
    }

    @Override
    CompletableFuture<Void> copy(Exchange exchange, Command command, ConfirmedPublisher publisher) {
        if (command.failure() == null) {
            var reason = Failure.Reason.valueOf(
                    exchange.getProperty(REASON, String.class).toUpperCase(Locale.ROOT));
            command.failedFor(Failure.of(reason, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
        }
        Failure failure = command.failure();
        Delivery delivery = command.delivery();
        delivery.span()
                .setStatus(
                        StatusCode.ERROR, "dead-lettered: " + failure.reason().label());
        var properties = Copies.properties(delivery);
        properties.setHeader("x-cio-reason", failure.reason().label());
        properties.setHeader("x-cio-error", failure.text());
        if (failure.status() != 0) {
            properties.setHeader("x-cio-status", failure.status());
        }
        properties.setHeader(RetryHeaders.ATTEMPTS, command.totalAttempts() + (failure.hadDecidingCall() ? 1 : 0));
        properties.setHeader(
                "x-cio-failed-at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        properties.setHeader("x-cio-queue", delivery.queue());
        properties.setHeader(RetryHeaders.RECEIVED_AT, command.history().receivedAt());
        properties.setHeader(RetryHeaders.EVENT_ID, command.history().eventId());
        return publisher.publish("", delivery.queue() + ".dlq", Copies.message(delivery, properties));
    }

    @Override
    void settled(Command command) {
        // From here on a person decides; a replay must not meet the old claim.
        sendOnce.release(command);
        Failure failure = command.failure();
        LoggedMessage.about(command, () -> {
            log.info(
                    "Dead-lettered ({}{}): {}",
                    failure.reason().label(),
                    failure.status() == 0 ? "" : " " + failure.status(),
                    command);
            log.trace("… because {}", failure.text());
        });
        metrics.deadLettered(command, failure);
    }
}
