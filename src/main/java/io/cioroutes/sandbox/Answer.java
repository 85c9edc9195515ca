package io.cioroutes.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param status HTTP status
 * @param headers response headers
 * @param body the bytes; empty for none
 * @param reasons why the request, or items of it, were refused, in words; empty when all was accepted
 */
record Answer(int status, Map<String, String> headers, byte[] body, List<String> reasons) {
    private static final Map<String, String> JSON = Map.of(
            "Content-Type", "application/json; charset=utf-8",
            "Cache-Control", "no-cache, no-store, must-revalidate, max-age=0",
            "Access-Control-Allow-Origin", "*");
    private static final byte[] EMPTY_OBJECT = "{}\n".getBytes(StandardCharsets.UTF_8);

    /** The Track API's answer to whatever it takes: two braces and a line feed. */
    static Answer accepted() {
        return new Answer(200, JSON, EMPTY_OBJECT, List.of());
    }

    static Answer json(int status, Object body) {
        return new Answer(status, JSON, Json.bytes(body), List.of());
    }

    static Answer refused(int status, Object body, List<String> reasons) {
        return new Answer(status, JSON, Json.bytes(body), reasons);
    }

    static Answer empty(int status, String... reasons) {
        return new Answer(status, Map.of(), new byte[0], List.of(reasons));
    }

    /** Track v1: {@code {"meta":{"errors":[…]}}}. */
    static Answer metaErrors(int status, List<String> errors) {
        return refused(status, Map.of("meta", Map.of("errors", errors)), errors);
    }

    /** Track v1 merges and the App API's sends: {@code {"meta":{"error":"…"}}}. */
    static Answer metaError(int status, String error) {
        return refused(status, Map.of("meta", Map.of("error", error)), List.of(error));
    }

    /** Track v2: {@code {"errors":[{"reason","field","message"}]}}. */
    static Answer problems(int status, List<Problem> problems) {
        return refused(
                status,
                Map.of("errors", problems),
                problems.stream().map(Problem::text).toList());
    }

    /** The rest of the App API: {@code {"errors":[{"detail","status":"…"}]}}. */
    static Answer detail(int status, String detail) {
        return refused(
                status,
                Map.of("errors", List.of(Json.object("detail", detail, "status", Integer.toString(status)))),
                List.of(detail));
    }
}
