package io.cioroutes.delivery;

/** The service's own settings are wrong (401: credentials; 3xx: region): no message is at fault. */
public final class MisconfiguredException extends ApiException {

    /** See {@link ApiException}. */
    public MisconfiguredException(int status, String text) {
        super(status, text);
    }
}
