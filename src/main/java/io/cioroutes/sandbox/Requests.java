package io.cioroutes.sandbox;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The recorded requests, bounded by number and by size, and apart from them those that were refused. */
final class Requests {
    private static final int MAX_REFUSED = 500;
    private static final int EXCERPT = 2000;

    private final int maxCount;
    private final long maxBytes;
    private final Deque<RecordedRequest> recorded = new ArrayDeque<>();
    private final Log<RecordedRequest> refused = new Log<>(MAX_REFUSED);
    private long bytes;
    private long last;

    Requests(SandboxOptions options) {
        this.maxCount = options.maxRequests();
        this.maxBytes = options.maxRequestBytes().toBytes();
    }

    void record(Call call, int status, List<String> reasons) {
        Map<String, String> headers = new TreeMap<>();
        call.exchange()
                .getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        String body = call.text();
        Instant at = Instant.now();
        synchronized (this) {
            recorded.add(
                    new RecordedRequest(++last, at, call.method(), call.rawTarget(), headers, body, status, reasons));
            bytes += body.length();
            while (recorded.size() > maxCount || (bytes > maxBytes && recorded.size() > 1)) {
                bytes -= recorded.remove().body().length();
            }
            if (!reasons.isEmpty()) {
                String excerpt = body.length() <= EXCERPT ? body : body.substring(0, EXCERPT) + "…";
                refused.append(number -> new RecordedRequest(
                        number, at, call.method(), call.rawTarget(), Map.of(), excerpt, status, reasons));
            }
        }
    }

    /** Requests with a number above {@code since}, oldest first. */
    synchronized List<RecordedRequest> since(long since, int limit) {
        return recorded.stream()
                .filter(request -> request.number() > since)
                .limit(limit)
                .toList();
    }

    /** Refused requests, newest first, numbered on their own. */
    synchronized List<RecordedRequest> refused(long before, long after, int limit) {
        return refused.newest(before, after, limit, request -> true);
    }

    synchronized long lastRefused() {
        return refused.last();
    }

    synchronized void reset() {
        recorded.clear();
        refused.clear();
        bytes = 0;
        last = 0;
    }
}
