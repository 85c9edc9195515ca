package io.cioroutes.analytics;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/** The {@code cio.analytics} settings. Defaults, units and reasons stand in {@code application.yaml}. */
@ConfigurationProperties("cio.analytics")
public record AnalyticsProperties(Local local, Query query, int replayBatch) {
    /**
     * The local database.
     *
     * @param memory most memory of the database
     * @param threads most threads of it
     */
    public record Local(DataSize memory, int threads) {}

    /**
     * Queries by users.
     *
     * @param maxRows most rows in an answer
     * @param timeout longest run of a query
     */
    public record Query(int maxRows, Duration timeout) {}
}
