package io.cioroutes.sandbox;

import java.util.Map;

/**
 * A disturbance that lasts: until it is cleared or its time is over. Start with one of the static methods; the others
 * return changed copies.
 *
 * @param match which requests; null for all
 * @param status HTTP status that failing requests get, or null
 * @param headers headers of that answer; null for none
 * @param failRatio share of the requests that fail, above 0 up to 1; null or 0 means all
 * @param latencyMs milliseconds by which every answer is delayed
 * @param forMs milliseconds until the fault ends by itself; 0 for never
 * @param rateLimit requests a second; what is above gets 429. 0 for no limit
 * @param reset failing requests get no answer, and their connection is closed
 * @param hang failing requests get no answer, and their connection stays open
 */
public record Fault(
        ScriptedReply.Match match,
        Integer status,
        Map<String, String> headers,
        Double failRatio,
        long latencyMs,
        long forMs,
        int rateLimit,
        boolean reset,
        boolean hang) {

    /** Requests get this status. */
    public static Fault status(int status) {
        return new Fault(null, status, null, null, 0, 0, 0, false, false);
    }

    /** Answers come this many milliseconds later. */
    public static Fault latency(long milliseconds) {
        return new Fault(null, null, null, null, milliseconds, 0, 0, false, false);
    }

    /** Requests above this many a second get 429. */
    public static Fault rate(int requestsPerSecond) {
        return new Fault(null, null, null, null, 0, 0, requestsPerSecond, false, false);
    }

    /** Connections are closed without an answer. */
    public static Fault resetting() {
        return new Fault(null, null, null, null, 0, 0, 0, true, false);
    }

    /** Requests get no answer; their connection stays open. */
    public static Fault hanging() {
        return new Fault(null, null, null, null, 0, 0, 0, false, true);
    }

    /** The same for requests whose path matches; {@code *} stands for any characters. */
    public Fault path(String path) {
        return new Fault(
                new ScriptedReply.Match(null, path, null),
                status,
                headers,
                failRatio,
                latencyMs,
                forMs,
                rateLimit,
                reset,
                hang);
    }

    /** The same for a share of the requests, above 0 up to 1. */
    public Fault ratio(double share) {
        return new Fault(match, status, headers, share, latencyMs, forMs, rateLimit, reset, hang);
    }

    /** The same, ending by itself after this many milliseconds. */
    public Fault forMs(long milliseconds) {
        return new Fault(match, status, headers, failRatio, latencyMs, milliseconds, rateLimit, reset, hang);
    }

    boolean fails() {
        return status != null || reset || hang;
    }
}
