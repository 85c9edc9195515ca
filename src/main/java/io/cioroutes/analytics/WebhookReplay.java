package io.cioroutes.analytics;

import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.webhook.QueuedWebhook;
import io.cioroutes.webhook.WebhookEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Message;

/**
 * Sends events that are in the store again: to one queue that its caller names, never to the bus, where every subscriber
 * would get them.
 */
final class WebhookReplay {
    /** Header that tells a replayed event from a new one. */
    static final String REPLAYED = "x-cio-replayed";

    /** Header with the routing key that the event had on the bus. */
    static final String ROUTING_KEY = "x-cio-routing-key";

    private static final String OWN_QUEUES = "cio.";

    private final EventSource source;
    private final ConfirmedPublisher publisher;
    private final AmqpAdmin admin;
    private final int batch;
    private final Duration confirmTimeout;

    /**
     * @param source where the events are
     * @param publisher publishes them
     * @param admin knows which queues there are
     * @param batch how many are published before their confirms are awaited
     * @param confirmTimeout longest wait for the confirms of a batch
     */
    WebhookReplay(
            EventSource source, ConfirmedPublisher publisher, AmqpAdmin admin, int batch, Duration confirmTimeout) {
        this.source = source;
        this.publisher = publisher;
        this.admin = admin;
        this.batch = batch;
        this.confirmTimeout = confirmTimeout;
    }

    /**
     * Replays events, each once, in the order in which they happened.
     *
     * @param selection which events
     * @param queue an existing queue that is none of this service's own
     * @return how many events the broker confirmed
     * @throws IllegalArgumentException if the queue or the range cannot be used
     * @throws Exception if the store or the broker fails; what was published until then stays published, and replaying
     *     again publishes it again
     */
    long replay(EventSelection selection, String queue) throws Exception {
        if (queue.startsWith(OWN_QUEUES)) {
            throw new IllegalArgumentException(
                    "Queue " + queue + " belongs to this service. Name a queue of the consumer that needs the events.");
        }
        if (admin.getQueueInfo(queue) == null) {
            throw new IllegalArgumentException("There is no queue " + queue + ". Create it first.");
        }
        if (!selection.from().isBefore(selection.to())) {
            throw new IllegalArgumentException("The range is empty: its start must be before its end.");
        }
        Run run = new Run(queue);
        source.read(selection, run::publish);
        run.awaitConfirms();
        return run.confirmed;
    }

    private final class Run {
        private final String queue;
        private final List<CompletableFuture<Void>> open = new ArrayList<>();
        private long confirmed;

        Run(String queue) {
            this.queue = queue;
        }

        void publish(StoredEvent event) throws Exception {
            Message message = new QueuedWebhook(event.body(), event.eventId(), event.receivedAt(), null).toMessage();
            message.getMessageProperties().setHeader(REPLAYED, true);
            message.getMessageProperties()
                    .setHeader(
                            ROUTING_KEY,
                            WebhookEvent.read(event.body(), event.eventId()).routingKey());
            open.add(publisher.publish("", queue, message));
            if (open.size() == batch) {
                awaitConfirms();
            }
        }

        void awaitConfirms() throws Exception {
            CompletableFuture.allOf(open.toArray(CompletableFuture[]::new))
                    .get(confirmTimeout.toMillis(), TimeUnit.MILLISECONDS);
            confirmed += open.size();
            open.clear();
        }
    }
}
