package io.cioroutes.operations;

import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Answers of the endpoints: a result, or {@code {"error": …}} with 400, 404 or 409. */
final class Answers {

    private static final int CONFLICT = 409;

    private Answers() {}

    /**
     * Does an operation.
     *
     * @param operation returns null where there is no such thing (404), throws {@link IllegalArgumentException} for bad
     *     arguments (400) and {@link IllegalStateException} for what is in the way just now (409)
     */
    static WebEndpointResponse<?> of(Supplier<?> operation) {
        try {
            Object result = operation.get();
            return result == null
                    ? error(WebEndpointResponse.STATUS_NOT_FOUND, "It is not there (any more).")
                    : new WebEndpointResponse<>(result);
        } catch (IllegalArgumentException e) {
            return error(WebEndpointResponse.STATUS_BAD_REQUEST, e.getMessage());
        } catch (IllegalStateException e) {
            return error(CONFLICT, e.getMessage());
        }
    }

    private static WebEndpointResponse<?> error(int status, String message) {
        return new WebEndpointResponse<>(Map.of("error", message), status);
    }
}
