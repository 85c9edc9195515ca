package io.cioroutes.delivery;

import java.time.Duration;

/** Customer.io could not take a request now (408, 429, 5xx): the same request may succeed later. */
public final class FailedForNowException extends ApiException {

    private final Duration retryAfter;

    /** @param retryAfter what the answer's {@code Retry-After} asks for, or null */
    public FailedForNowException(int status, String text, Duration retryAfter) {
        super(status, text);
        this.retryAfter = retryAfter;
    }

    /** What the answer's {@code Retry-After} asks for, or null. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
