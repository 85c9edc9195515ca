package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counters that are kept for the whole run, whatever the bounds on what is remembered. */
final class Stats {
    private static final int SECONDS = 120;

    private final Sequence sequence = new Sequence();
    private final Map<String, long[]> endpoints = new TreeMap<>();
    private final Map<String, Long> operationsByKind = new TreeMap<>();
    private final long[] second = new long[SECONDS];
    private final long[] requestsInSecond = new long[SECONDS];
    private final long[] operationsInSecond = new long[SECONDS];
    private Instant since = Instant.now();
    private long requests;
    private long operations;
    private long refused;
    private long people;
    private long changes;
    private long events;
    private long duplicateEvents;
    private long messages;

    /** Counts one request; {@code status} 0 means that it was never answered. */
    synchronized void request(String endpoint, int status) {
        requests++;
        long[] counts = endpoints.computeIfAbsent(endpoint, key -> new long[2]);
        counts[0]++;
        if (status >= 200 && status < 300) {
            counts[1]++;
        }
        requestsInSecond[slot()]++;
    }

    /** Counts one operation that was accepted, and the {@code seq} that it carries. */
    synchronized void operation(String kind, JsonNode body) {
        operations++;
        operationsByKind.merge(kind, 1L, Long::sum);
        operationsInSecond[slot()]++;
        JsonNode seq = body.findValue("seq");
        if (seq != null && seq.canConvertToInt() && seq.isIntegralNumber()) {
            sequence.seen(seq.intValue());
        }
    }

    /** Counts a refused request, or the refused items of a batch. */
    synchronized void refused(int count) {
        refused += count;
    }

    synchronized void person() {
        people++;
    }

    synchronized void change() {
        changes++;
    }

    synchronized void event() {
        events++;
    }

    synchronized void duplicateEvent() {
        duplicateEvents++;
    }

    synchronized void message() {
        messages++;
    }

    private int slot() {
        long now = Instant.now().getEpochSecond();
        int slot = (int) (now % SECONDS);
        if (second[slot] != now) {
            second[slot] = now;
            requestsInSecond[slot] = 0;
            operationsInSecond[slot] = 0;
        }
        return slot;
    }

    /** The whole seconds before this one, oldest first, up to 120. */
    synchronized List<SandboxStats.Second> seconds(int count) {
        List<SandboxStats.Second> rates = new ArrayList<>();
        long now = Instant.now().getEpochSecond();
        for (long at = now - Math.min(count, SECONDS - 1); at < now; at++) {
            int slot = (int) (at % SECONDS);
            boolean kept = second[slot] == at;
            rates.add(new SandboxStats.Second(
                    at, kept ? requestsInSecond[slot] : 0, kept ? operationsInSecond[slot] : 0));
        }
        return rates;
    }

    synchronized SandboxStats snapshot() {
        Map<String, SandboxStats.Endpoint> byEndpoint = new TreeMap<>();
        endpoints.forEach((name, counts) ->
                byEndpoint.put(name, new SandboxStats.Endpoint(counts[0], counts[1], counts[0] - counts[1])));
        return new SandboxStats(
                since,
                requests,
                operations,
                refused,
                people,
                changes,
                events,
                duplicateEvents,
                messages,
                byEndpoint,
                new TreeMap<>(operationsByKind),
                sequence.summary());
    }

    /** Values of {@code seq} in this range that no accepted operation has carried, up to {@code limit}. */
    synchronized List<Integer> missing(int from, int to, int limit) {
        return sequence.missing(from, to, limit);
    }

    synchronized void reset() {
        since = Instant.now();
        sequence.clear();
        endpoints.clear();
        operationsByKind.clear();
        Arrays.fill(second, 0);
        requests = 0;
        operations = 0;
        refused = 0;
        people = 0;
        changes = 0;
        events = 0;
        duplicateEvents = 0;
        messages = 0;
    }
}
