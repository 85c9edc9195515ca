package io.cioroutes.delivery;

import java.io.IOException;

/** No connection to Customer.io could be made, so nothing of the request was sent. */
public final class NotSentException extends IOException {

    /**
     * @param reason what the HTTP client says; it does not become the cause, because Camel would choose the error handling
     *     by it
     */
    public NotSentException(IOException reason) {
        super(reason.getClass().getSimpleName() + (reason.getMessage() == null ? "" : ": " + reason.getMessage()));
    }
}
