package io.cioroutes.webhook;

/** A request to the webhook endpoint that Customer.io did not sign. */
public class InvalidSignatureException extends Exception {
    InvalidSignatureException(String message) {
        super(message);
    }
}
