package io.cioroutes.webhook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Counts webhooks and the events made of them; docs/metrics.md names every meter. All exist from the start: Prometheus
 * sees no increase in a series that begins at 1.
 */
final class WebhookMetrics {

    private static final String OTHER = "other";

    /** What the endpoint answers; anything else is an error nobody expected. */
    private static final List<String> STATUSES = List.of("200", "401", "413", "503", OTHER);

    /** The tables that {@code routes/webhooks/route} chooses from. */
    private static final List<String> TABLES =
            List.of("message_events", "subscription_events", "unrecognized_events", OTHER);

    private final Map<String, Timer> answers;
    private final Map<String, Counter> routed;

    WebhookMetrics(MeterRegistry registry) {
        answers = each(STATUSES, status -> Timer.builder("cio.webhooks")
                .description("From the arrival of a webhook to its answer")
                .tag("status", status)
                .register(registry));
        routed = each(TABLES, table -> Counter.builder("cio.events.routed")
                .description("Events published to the bus and on their way to a table")
                .tag("table", table)
                .register(registry));
    }

    private static <T> Map<String, T> each(List<String> labels, Function<String, T> meter) {
        return labels.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), meter));
    }

    /**
     * A webhook was answered.
     *
     * @param status HTTP status
     * @param nanos time since it arrived
     */
    void answered(int status, long nanos) {
        answers.getOrDefault(String.valueOf(status), answers.get(OTHER)).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** The broker has confirmed an event in the buffer queue of the analytics store. */
    void routed(String table) {
        routed.getOrDefault(table, routed.get(OTHER)).increment();
    }
}
