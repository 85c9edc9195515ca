package io.cioroutes.delivery;

/** Nobody knows whether a transactional send or a broadcast went out; the API has no idempotency key to ask with. */
public final class AmbiguousSendException extends ApiException {

    /** See {@link ApiException}; status 0 when there was no answer at all. */
    public AmbiguousSendException(int status, String text) {
        super(status, text);
    }
}
