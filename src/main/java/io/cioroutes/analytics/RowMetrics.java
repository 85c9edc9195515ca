package io.cioroutes.analytics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts rows by table: {@code cio.rows}, tags {@code table} and {@code outcome} ({@code stored}, {@code rejected}). */
final class RowMetrics {

    private final Map<String, Counter> stored;
    private final Map<String, Counter> rejected;

    RowMetrics(MeterRegistry registry) {
        stored = counters("stored", registry);
        rejected = counters("rejected", registry);
    }

    private static Map<String, Counter> counters(String outcome, MeterRegistry registry) {
        return TableSchema.ALL.keySet().stream()
                .collect(Collectors.toUnmodifiableMap(table -> table, table -> Counter.builder("cio.rows")
                        .description("Events that were stored as rows, or that the store will never take")
                        .tag("table", table)
                        .tag("outcome", outcome)
                        .register(registry)));
    }

    /** Rows of a table are stored. */
    void stored(String table, int rows) {
        stored.get(table).increment(rows);
    }

    /** A row is in the dead-letter queue. */
    void rejected(String table) {
        rejected.get(table).increment();
    }
}
