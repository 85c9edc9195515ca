package io.cioroutes.delivery;

import java.time.Clock;
import java.time.Instant;
import org.springframework.amqp.core.MessageProperties;

/**
 * The book-keeping that a message carries through the retry queues, in headers of its copy. It is sealed: a publisher
 * may set headers of the same names, but only what this service wrote is believed.
 *
 * @param receivedAt first receipt, epoch seconds
 * @param firstFailureAt when the first call failed for now, epoch seconds; 0 if none has
 * @param attempts calls that failed for now so far
 * @param parkings how often the message has been in a retry queue
 * @param alone it failed while others were delivered: it is at fault, not Customer.io
 */
record RetryHeaders(long receivedAt, long firstFailureAt, int attempts, int parkings, boolean alone) {

    static final String ATTEMPTS = "x-cio-attempts";
    static final String RECEIVED_AT = "x-cio-received-at";
    private static final String FIRST_FAILURE_AT = "x-cio-first-failure-at";
    private static final String PARKINGS = "x-cio-parkings";
    private static final String ALONE = "x-cio-failed-alone";
    private static final String SEAL = "x-cio-seal";

    private static final Clock CLOCK = Clock.systemUTC();

    /** Reads the headers of a delivery; without a valid seal it counts as a first receipt, now. */
    static RetryHeaders of(MessageProperties properties, byte[] body, Seal seal) {
        if (properties.getHeaders().get(SEAL) instanceof String given) {
            var history = new RetryHeaders(
                    number(properties, RECEIVED_AT),
                    number(properties, FIRST_FAILURE_AT),
                    (int) number(properties, ATTEMPTS),
                    (int) number(properties, PARKINGS),
                    Boolean.TRUE.equals(properties.getHeaders().get(ALONE)));
            if (seal.fits(given, history.text(), body)) {
                return history;
            }
        }
        return new RetryHeaders(CLOCK.instant().getEpochSecond(), 0, 0, 0, false);
    }

    /** Writes the headers of a copy. */
    void write(MessageProperties properties, byte[] body, Seal seal) {
        properties.setHeader(RECEIVED_AT, receivedAt);
        properties.setHeader(FIRST_FAILURE_AT, firstFailureAt);
        properties.setHeader(ATTEMPTS, attempts);
        properties.setHeader(PARKINGS, parkings);
        properties.setHeader(ALONE, alone);
        properties.setHeader(SEAL, seal.of(text(), body));
    }

    /** When the first call failed: what the message carries, else now. */
    Instant firstFailure() {
        return firstFailureAt > 0 ? Instant.ofEpochSecond(firstFailureAt) : CLOCK.instant();
    }

    private String text() {
        return receivedAt + " " + firstFailureAt + " " + attempts + " " + parkings + " " + alone;
    }

    private static long number(MessageProperties properties, String header) {
        return properties.getHeaders().get(header) instanceof Number n ? n.longValue() : 0;
    }
}
