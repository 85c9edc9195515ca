package io.cioroutes.sandbox;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A request as it came in.
 *
 * @param number ever growing, from 1
 * @param at when it was read to its end
 * @param method HTTP method
 * @param target path and query as they came, percent-encoded
 * @param headers header names in lower case and their first values
 * @param body the body as UTF-8 text
 * @param status the status given; 0 where there was no answer
 * @param reasons why the request, or items of it, were refused; empty when all was accepted
 */
public record RecordedRequest(
        long number,
        Instant at,
        String method,
        String target,
        Map<String, String> headers,
        String body,
        int status,
        List<String> reasons) {

    /** The path without the query. */
    public String path() {
        return target.split("\\?", 2)[0];
    }
}
