package io.cioroutes.delivery;

import com.github.f4b6a3.ulid.Ulid;
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
 * @param eventId the ULID of an event that its publisher gave no id: the same in every round
 */
record RetryHeaders(long receivedAt, long firstFailureAt, int attempts, int parkings, boolean alone, String eventId) {

    static final String ATTEMPTS = "x-cio-attempts";
    static final String RECEIVED_AT = "x-cio-received-at";
    private static final String FIRST_FAILURE_AT = "x-cio-first-failure-at";
    private static final String PARKINGS = "x-cio-parkings";
    private static final String ALONE = "x-cio-failed-alone";
    static final String EVENT_ID = "x-cio-event-id";
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
                    Boolean.TRUE.equals(properties.getHeaders().get(ALONE)),
                    String.valueOf(properties.getHeaders().get(EVENT_ID)));
            if (seal.fits(given, history.text(), body)) {
                return history;
            }
        }
        return new RetryHeaders(
                CLOCK.instant().getEpochSecond(), 0, 0, 0, false, Ulid.fast().toString());
    }

    /**
     * The headers of a message that a person sends back: no attempt is used up; the time of its first receipt and the
     * ULID stay. They are believed without a seal, which would not fit any more after a change of keys: a publisher can state
     * any time by the AMQP timestamp anyway.
     *
     * @param otherwise when it was received if the message does not say, epoch seconds; 0 for now
     */
    static RetryHeaders startAnew(MessageProperties properties, long otherwise) {
        long now = CLOCK.instant().getEpochSecond();
        long stated = number(properties, RECEIVED_AT);
        long receivedAt = stated > 0 ? stated : otherwise;
        String eventId = properties.getHeaders().get(EVENT_ID) instanceof String id && Ulid.isValid(id)
                ? id
                : Ulid.fast().toString();
        return new RetryHeaders(receivedAt > 0 ? Math.min(receivedAt, now) : now, 0, 0, 0, false, eventId);
    }

    /** Writes the headers of a copy. */
    void write(MessageProperties properties, byte[] body, Seal seal) {
        properties.setHeader(RECEIVED_AT, receivedAt);
        properties.setHeader(FIRST_FAILURE_AT, firstFailureAt);
        properties.setHeader(ATTEMPTS, attempts);
        properties.setHeader(PARKINGS, parkings);
        properties.setHeader(ALONE, alone);
        properties.setHeader(EVENT_ID, eventId);
        properties.setHeader(SEAL, seal.of(text(), body));
    }

    /** When the first call failed: what the message carries, else now. */
    Instant firstFailure() {
        return firstFailureAt > 0 ? Instant.ofEpochSecond(firstFailureAt) : CLOCK.instant();
    }

    private String text() {
        return receivedAt + " " + firstFailureAt + " " + attempts + " " + parkings + " " + alone + " " + eventId;
    }

    private static long number(MessageProperties properties, String header) {
        return properties.getHeaders().get(header) instanceof Number n ? n.longValue() : 0;
    }
}
