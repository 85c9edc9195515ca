package io.cioroutes.delivery;

/** This message was sent before: nothing is left to do but to acknowledge it. */
public final class AlreadySentException extends Exception {
    AlreadySentException() {
        super("sent before", null, false, false);
    }
}
