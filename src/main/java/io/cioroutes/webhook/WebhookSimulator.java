package io.cioroutes.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Customer.io's part of the loop on a developer's machine: reports by signed webhooks what becomes of messages that the
 * sandbox accepted. Events of one message come in order, each only after the one before was taken, and again until then.
 */
public final class WebhookSimulator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSimulator.class);

    /** Customer.io's own limit for an answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    private static final Duration LONGEST_RETRY_DELAY = Duration.ofSeconds(10);
    private static final int SENDERS = 4;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final ScheduledExecutorService senders =
            Executors.newScheduledThreadPool(SENDERS, new CustomizableThreadFactory("webhook-simulator-"));
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final URI endpoint;
    private final String signingKey;
    private final Duration pace;
    private final RandomGenerator random;
    private final Clock clock;

    /**
     * @param endpoint the webhook endpoint of the service
     * @param signingKey the key to sign with
     * @param pace mean time between two events of a message; in life it is minutes to days
     * @param random decides what becomes of messages: with a seed, always the same
     * @param clock the events' time
     */
    public WebhookSimulator(URI endpoint, String signingKey, Duration pace, RandomGenerator random, Clock clock) {
        this.endpoint = endpoint;
        this.signingKey = signingKey;
        this.pace = pace;
        this.random = random;
        this.clock = clock;
    }

    /** Reports what becomes of a message, from now on. Returns at once. */
    public void accepted(SentMessage message) {
        Iterator<MessageFate.Event> events;
        synchronized (random) {
            events = MessageFate.of(message, random).iterator();
        }
        open.incrementAndGet();
        sendNext(message, events);
    }

    /** Messages with events that the service has not taken yet. */
    public long open() {
        return open.get();
    }

    /** Events that the service has taken. */
    public long taken() {
        return taken.get();
    }

    private void sendNext(SentMessage message, Iterator<MessageFate.Event> events) {
        if (!events.hasNext()) {
            open.decrementAndGet();
            return;
        }
        MessageFate.Event event = events.next();
        String id = UlidCreator.getMonotonicUlid().toString();
        schedule(() -> send(message, event, id, events, Duration.ofSeconds(1)), delay());
    }

    private Duration delay() {
        synchronized (random) {
            return Duration.ofMillis((long) (pace.toMillis() * 2 * random.nextDouble()));
        }
    }

    private void schedule(Runnable task, Duration delay) {
        if (!senders.isShutdown()) {
            senders.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void send(
            SentMessage message,
            MessageFate.Event event,
            String id,
            Iterator<MessageFate.Event> events,
            Duration retryDelay) {
        if (post(body(message, event, id))) {
            taken.incrementAndGet();
            sendNext(message, events);
            return;
        }
        Duration next = retryDelay.multipliedBy(2);
        Duration longest = next.compareTo(LONGEST_RETRY_DELAY) > 0 ? LONGEST_RETRY_DELAY : next;
        schedule(() -> send(message, event, id, events, longest), retryDelay);
    }

    private byte[] body(SentMessage message, MessageFate.Event event, String id) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("event_id", id);
        body.put("object_type", event.objectType());
        body.put("metric", event.metric());
        body.put("timestamp", clock.instant().getEpochSecond());
        ObjectNode data = event.objectType().equals("customer") ? message.person() : message.data();
        body.set("data", data.setAll(event.data()));
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private boolean post(byte[] body) {
        String timestamp = String.valueOf(clock.instant().getEpochSecond());
        HttpRequest request = HttpRequest.newBuilder(endpoint)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header(RequestSignature.TIMESTAMP_HEADER, timestamp)
                .header(RequestSignature.SIGNATURE_HEADER, RequestSignature.sign(signingKey, timestamp, body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status / 100 != 2) {
                LOG.debug("The simulated webhook was answered with {} and will be sent again", status);
            }
            return status / 100 == 2;
        } catch (IOException e) {
            LOG.debug("The simulated webhook could not be delivered and will be sent again", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        senders.shutdownNow();
    }
}
