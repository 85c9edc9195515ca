package io.cioroutes.delivery;

/** A batch was refused as a whole: it has to be taken apart to find the command at fault. */
public final class BatchRefusedException extends ApiException {

    /** See {@link ApiException}. */
    public BatchRefusedException(int status, String text) {
        super(status, text);
    }
}
