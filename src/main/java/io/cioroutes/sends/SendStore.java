package io.cioroutes.sends;

import java.time.Duration;

/**
 * Remembers which sends were made, so that a message that comes a second time (a crash between the API's answer and the
 * acknowledgement) is not sent twice. Customer.io has no idempotency key to do it with.
 */
public interface SendStore {

    /** What is known of a send when somebody wants to make it. */
    enum State {
        /** Nothing: it is now noted as being sent, and the caller may send. */
        NEW,
        /** Somebody is sending it, or was when the process died. */
        SENDING,
        /** It was sent. */
        SENT
    }

    /**
     * What is known of a send.
     *
     * @param state see {@link State}
     * @param age how long ago the send was begun; zero when new
     */
    record Claim(State state, Duration age) {}

    /**
     * Claims a send.
     *
     * @param key names the send, at most 300 characters
     */
    Claim begin(String key);

    /** Notes that a claimed send was made. */
    void sent(String key);

    /** Gives a claim back: the send was certainly not made, or a person has to decide about it. */
    void forget(String key);
}
