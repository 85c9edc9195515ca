package io.cioroutes.delivery;

/** Another delivery of the same message is being sent right now: its end has to be awaited. */
public final class SendInProgressException extends Exception {
    SendInProgressException() {
        super("being sent right now", null, false, false);
    }
}
