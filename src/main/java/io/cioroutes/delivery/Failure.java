package io.cioroutes.delivery;

import io.cioroutes.command.InvalidCommandException;
import java.util.Locale;
import org.apache.camel.util.ObjectHelper;

/**
 * Why a command was not delivered.
 *
 * @param reason what kind of failure it is
 * @param status HTTP status, 0 where there was no answer
 * @param text what happened, in words for the person who reads the dead letter
 */
public record Failure(Reason reason, int status, String text) {

    /** It must fit into a header; in characters. */
    static final int MAX_TEXT = 4000;

    /** Shortens the text where it must. */
    public Failure {
        text = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }

    /** The reasons of dead letters, as they stand in {@code x-cio-reason}. */
    public enum Reason {
        /** Not a command: not JSON, against its schema, over a documented limit. */
        INVALID,
        /** Refused by Customer.io. */
        REJECTED,
        /** Still failing after the time set for retries. */
        EXHAUSTED,
        /** A send that may or may not have gone out. */
        AMBIGUOUS;

        /** The name as it stands in headers and metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** True if the last call, which decided about the command, is not among its attempts that failed for now. */
    boolean hadDecidingCall() {
        return reason == Reason.REJECTED || reason == Reason.AMBIGUOUS;
    }

    /** Describes an exception. */
    static Failure of(Reason reason, Throwable exception) {
        if (exception == null) {
            return new Failure(reason, 0, "unknown");
        }
        ApiException api = ObjectHelper.getException(ApiException.class, exception);
        if (api != null) {
            return new Failure(reason, api.status(), api.getMessage());
        }
        InvalidCommandException invalid = ObjectHelper.getException(InvalidCommandException.class, exception);
        if (invalid != null) {
            return new Failure(reason, 0, invalid.getMessage());
        }
        Throwable root = exception;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = root.getMessage();
        return new Failure(reason, 0, root.getClass().getSimpleName() + (text == null ? "" : ": " + text));
    }
}
