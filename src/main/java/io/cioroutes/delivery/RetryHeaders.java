package io.cioroutes.delivery;

import java.time.Clock;
import java.time.Instant;
import org.springframework.amqp.core.MessageProperties;

/**
 * The book-keeping that a message carries through the retry queues, in headers of its copy.
 *
 * @param receivedAt first receipt, epoch seconds
 * @param firstFailureAt when the first call failed for now, epoch seconds; 0 if none has
 * @param attempts calls that failed for now so far
 * @param parkings how often the message has been in a retry queue
 * @param alone it failed while others were delivered: it is at fault, not Customer.io
 */
record RetryHeaders(long receivedAt, long firstFailureAt, int attempts, int parkings, boolean alone) {

    static final String RECEIVED_AT = "x-cio-received-at";
    static final String FIRST_FAILURE_AT = "x-cio-first-failure-at";
    static final String ATTEMPTS = "x-cio-attempts";
    static final String PARKINGS = "x-cio-parkings";
    static final String ALONE = "x-cio-failed-alone";

    private static final Clock CLOCK = Clock.systemUTC();

    /** Reads the headers of a delivery; what is missing or makes no sense counts as a first receipt, now. */
    static RetryHeaders of(MessageProperties properties) {
        long now = CLOCK.instant().getEpochSecond();
        long receivedAt = number(properties, RECEIVED_AT, now);
        return new RetryHeaders(
                receivedAt > 0 && receivedAt <= now ? receivedAt : now,
                Math.max(0, Math.min(now, number(properties, FIRST_FAILURE_AT, 0))),
                (int) Math.max(0, Math.min(Integer.MAX_VALUE / 2, number(properties, ATTEMPTS, 0))),
                (int) Math.max(0, Math.min(Integer.MAX_VALUE / 2, number(properties, PARKINGS, 0))),
                Boolean.TRUE.equals(properties.getHeaders().get(ALONE)));
    }

    /** When the first call failed: what the message carries, else now. */
    Instant firstFailure() {
        return firstFailureAt > 0 ? Instant.ofEpochSecond(firstFailureAt) : CLOCK.instant();
    }

    private static long number(MessageProperties properties, String header, long fallback) {
        return properties.getHeaders().get(header) instanceof Number n ? n.longValue() : fallback;
    }
}
