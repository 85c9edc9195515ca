package io.cioroutes.delivery;

/** An answer of Customer.io that did not accept a request. */
public abstract class ApiException extends Exception {

    private final int status;

    /**
     * @param status HTTP status
     * @param text what the API said about it
     */
    protected ApiException(int status, String text) {
        super(text, null, false, false);
        this.status = status;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }
}
