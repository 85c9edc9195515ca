package io.cioroutes.analytics;

import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.webhook.WebhookTopology;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;

/** Moves what a store will never take to the dead-letter queue {@code cio.analytics.dlq}. */
final class RejectedRows {
    private static final Logger LOG = LoggerFactory.getLogger(RejectedRows.class);

    private final ConfirmedPublisher publisher;
    private final Clock clock;
    private final long timeoutMillis;
    private final RowMetrics metrics;

    RejectedRows(ConfirmedPublisher publisher, Clock clock, long timeoutMillis, RowMetrics metrics) {
        this.publisher = publisher;
        this.clock = clock;
        this.timeoutMillis = timeoutMillis;
        this.metrics = metrics;
    }

    /**
     * Publishes a copy of each row's webhook, with the reason in the headers, and waits for the confirms.
     *
     * @param rejected row to the store's words
     * @throws ExecutionException if the broker did not take one of them; TimeoutException likewise
     */
    void deadLetter(Map<PendingRow, String> rejected)
            throws ExecutionException, TimeoutException, InterruptedException {
        if (rejected.isEmpty()) {
            return;
        }
        String queue = WebhookTopology.deadLetterQueue(WebhookTopology.ANALYTICS);
        Map<PendingRow, CompletableFuture<Void>> copies = new LinkedHashMap<>();
        rejected.forEach((row, reason) -> copies.put(row, publisher.publish("", queue, copy(row, reason))));
        CompletableFuture.allOf(copies.values().toArray(CompletableFuture[]::new))
                .get(timeoutMillis, TimeUnit.MILLISECONDS);
        rejected.forEach((row, reason) -> {
            metrics.rejected(row.table());
            LOG.warn(
                    "Event {} was refused by table {} and is now in queue {}; its header x-cio-error says why",
                    row.values().get("event_id"),
                    row.table(),
                    queue);
        });
    }

    private Message copy(PendingRow row, String reason) {
        Message copy = row.webhook().toMessage();
        Map<String, Object> headers = copy.getMessageProperties().getHeaders();
        headers.put("x-cio-reason", "rejected");
        headers.put("x-cio-error", reason);
        headers.put("x-cio-attempts", 1);
        headers.put("x-cio-failed-at", clock.instant().toString());
        headers.put("x-cio-queue", WebhookTopology.ANALYTICS);
        return copy;
    }
}
