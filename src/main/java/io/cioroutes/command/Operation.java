package io.cioroutes.command;

/**
 * One call to Customer.io, or one item of a batched call.
 *
 * @param kind where it goes
 * @param method the HTTP method
 * @param path the path on the host of this kind, already percent-encoded
 * @param body the JSON to send, in UTF-8
 */
public record Operation(Kind kind, String method, String path, byte[] body) {

    /** Path of the call that {@link Kind#BATCH} operations share. */
    public static final String BATCH_PATH = "/api/v2/batch";

    /** Which API an operation is for, and whether it travels alone. */
    public enum Kind {
        /** An item of a Track v2 batch: at most {@value DocumentedLimits#OPERATION_BYTES} bytes. */
        BATCH,
        /** A Track v1 call of its own. */
        TRACK,
        /** A transactional message: {@code POST /v1/send/{channel}} on the App API. */
        SEND,
        /** A broadcast: {@code POST /v1/campaigns/{id}/triggers} on the App API. */
        BROADCAST
    }

    /** Kind, method and size only: path and body name people. */
    @Override
    public String toString() {
        return kind + " " + method + " of " + body.length + " bytes";
    }
}
