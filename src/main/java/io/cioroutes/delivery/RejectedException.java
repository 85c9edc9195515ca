package io.cioroutes.delivery;

/** Customer.io refuses this command and always will (400, 403, 404, 413, 422, or named in a 207). */
public final class RejectedException extends ApiException {

    /** See {@link ApiException}. */
    public RejectedException(int status, String text) {
        super(status, text);
    }
}
