package io.cioroutes.webhook;

import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.tracing.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.springframework.amqp.core.Message;

/** Events that are published one after the other and confirmed together. */
final class EventBatch {
    private static final String PROPERTY = "events";

    private final List<Event> events = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();

    /** One of them, and what is done for it already: a second try repeats only what is left. */
    private static final class Event {
        private final QueuedWebhook webhook;
        private final String routingKey;
        private final String table;
        private final Receipt receipt;
        private volatile boolean announced;
        private volatile boolean buffered;

        Event(QueuedWebhook webhook, String routingKey, String table, Receipt receipt) {
            this.webhook = webhook;
            this.routingKey = routingKey;
            this.table = table;
            this.receipt = receipt;
        }
    }

    /**
     * Collects events: each a {@link QueuedWebhook} in the body, its receipt noted, with variables {@code routingKey} and
     * {@code table}.
     */
    static AggregationStrategy strategy() {
        return (first, next) -> {
            Exchange exchange = first == null ? next : first;
            EventBatch batch = first == null ? new EventBatch() : of(first);
            Event event = new Event(
                    next.getMessage().getBody(QueuedWebhook.class),
                    next.getVariable("routingKey", String.class),
                    next.getVariable("table", String.class),
                    Settlement.receipts(next).get(0));
            if (first == null) {
                exchange.setProperty(PROPERTY, batch);
                Settlement.note(exchange, batch.receipts);
            }
            batch.events.add(event);
            batch.receipts.add(event.receipt);
            return exchange;
        };
    }

    static EventBatch of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, EventBatch.class);
    }

    /**
     * Publishes each event to the bus under its routing key, for whoever listens, and to the buffer queue of the analytics
     * store with its table.
     *
     * @return completes, on the thread that reads the connection, when the broker has confirmed all; fails as soon as all
     *     are answered and one of them failed
     */
    CompletableFuture<Void> publish(ConfirmedPublisher publisher, WebhookMetrics metrics, Tracing tracing) {
        List<CompletableFuture<Void>> confirms = new ArrayList<>();
        for (Event event : events) {
            if (!event.announced) {
                confirms.add(publisher
                        .announce(WebhookTopology.EVENTS, event.routingKey, message(event, event.webhook, tracing))
                        .thenRun(() -> event.announced = true));
            }
            if (!event.buffered) {
                QueuedWebhook row = event.webhook.routed(event.table);
                confirms.add(publisher
                        .publish("", WebhookTopology.ANALYTICS, message(event, row, tracing))
                        .thenRun(() -> {
                            event.buffered = true;
                            metrics.routed(event.table);
                        }));
            }
        }
        return CompletableFuture.allOf(confirms.toArray(CompletableFuture[]::new));
    }

    private static Message message(Event event, QueuedWebhook webhook, Tracing tracing) {
        Message message = webhook.toMessage();
        tracing.inject(event.receipt.span(), message.getMessageProperties()::setHeader);
        return message;
    }
}
