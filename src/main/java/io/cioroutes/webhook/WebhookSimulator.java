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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Customer.io's part of the loop on a developer's machine: reports by signed webhooks what becomes of messages that the
 * sandbox accepted. Events of one message come in order, each only after the one before was taken, and again until then.
 * A message whose first event was sent is reported to the end; where too many wait, new ones are left out as a whole.
 */
public final class WebhookSimulator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSimulator.class);

    /** Customer.io's own limit for an answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    private static final Duration FIRST_RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY_DELAY = Duration.ofSeconds(10);

    /**
     * How to report.
     *
     * @param pace mean time between two events of a message; in life it is minutes to days
     * @param seed decides what becomes of the first message, the second, ...: always the same for the same seed
     * @param rate webhooks a second at most, asked before each
     * @param senders webhooks under way at most; each takes a thread
     * @param maxOpen messages in work at most
     * @param maxWaiting requests (sends or broadcasts) at most that wait for their turn or their time
     */
    public record Options(Duration pace, long seed, IntSupplier rate, int senders, int maxOpen, int maxWaiting) {}

    /** Hears what becomes of webhooks. Called on a sender's thread. */
    public interface Listener {
        /**
         * The service has taken a webhook.
         *
         * @param attempts how often it was sent
         * @param timestamp the event's time in unix seconds
         * @param body as it was signed
         */
        default void taken(
                SentMessage message,
                String eventId,
                String objectType,
                String metric,
                long timestamp,
                int attempts,
                byte[] body) {}

        /** An attempt was not answered with 2xx, and will be made again. */
        default void repeated() {}

        /** A request gets no webhooks, as too many wait. */
        default void leftOut() {}
    }

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final ScheduledThreadPoolExecutor senders;
    private final AtomicBoolean troubled = new AtomicBoolean();
    private final URI endpoint;
    private final String signingKey;
    private final Options options;
    private final Listener listener;
    private final Clock clock;

    private final Object feeding = new Object();
    private final Deque<Iterator<SentMessage>> waiting = new ArrayDeque<>();
    private int scheduled;
    private long begun;
    private long open;
    private long taken;
    private boolean full;
    private long nextTurn = System.nanoTime();

    /** One message and what is still to be reported of it. */
    private record Story(SentMessage message, Iterator<MessageFate.Event> events, RandomGenerator random) {}

    /**
     * @param endpoint the webhook endpoint of the service
     * @param signingKey the key to sign with
     * @param options how to report
     * @param clock the events' time
     * @param listener hears what becomes of webhooks
     */
    public WebhookSimulator(URI endpoint, String signingKey, Options options, Clock clock, Listener listener) {
        this.endpoint = endpoint;
        this.signingKey = signingKey;
        this.options = options;
        this.clock = clock;
        this.listener = listener;
        this.senders =
                new ScheduledThreadPoolExecutor(options.senders(), new CustomizableThreadFactory("webhook-simulator-"));
        senders.setRemoveOnCancelPolicy(true);
    }

    /** Reports what becomes of a message, from now on. Returns at once. */
    public void accepted(SentMessage message) {
        accepted(List.of(message).iterator(), Duration.ZERO);
    }

    /**
     * Reports what becomes of the messages of one request. Returns at once.
     *
     * @param messages asked for one after the other, on a sender's thread
     * @param delay time until the first of them is sent
     */
    public void accepted(Iterator<SentMessage> messages, Duration delay) {
        synchronized (waiting) {
            if (waiting.size() + scheduled >= options.maxWaiting()) {
                listener.leftOut();
                if (!full) {
                    LOG.warn(
                            "{} sends and broadcasts wait for their webhooks to be taken: new ones get none",
                            options.maxWaiting());
                }
                full = true;
                return;
            }
            full = false;
            if (delay.compareTo(Duration.ZERO) > 0) {
                scheduled++;
                run(() -> due(messages), delay);
            } else {
                waiting.add(messages);
                run(this::begin, Duration.ZERO);
            }
        }
    }

    private void due(Iterator<SentMessage> messages) {
        synchronized (waiting) {
            scheduled--;
            waiting.add(messages);
        }
        begin();
    }

    /** Requests and messages with events that the service has not taken yet, sends scheduled for later left out. */
    public long open() {
        synchronized (waiting) {
            return open + waiting.size();
        }
    }

    /** Events that the service has taken. */
    public long taken() {
        synchronized (waiting) {
            return taken;
        }
    }

    private void begin() {
        for (Story story = next(); story != null; story = next()) {
            goOn(story);
        }
    }

    /** The next message, counted as open; null where there is none, or no room. */
    private Story next() {
        // Not under the lock that accepted() needs: making a message may wait for whoever calls that.
        synchronized (feeding) {
            for (Iterator<SentMessage> first = first(); first != null; first = first()) {
                if (!first.hasNext()) {
                    synchronized (waiting) {
                        waiting.removeFirst();
                    }
                } else if (enter()) {
                    // A generator of its own: what becomes of a message does not depend on how fast others are
                    // reported.
                    RandomGenerator random = new SplittableRandom(options.seed() + begun++);
                    SentMessage message = first.next();
                    return new Story(message, MessageFate.of(message, random).iterator(), random);
                } else {
                    return null;
                }
            }
            return null;
        }
    }

    private Iterator<SentMessage> first() {
        synchronized (waiting) {
            return waiting.peekFirst();
        }
    }

    private boolean enter() {
        synchronized (waiting) {
            boolean room = open < options.maxOpen();
            open += room ? 1 : 0;
            return room;
        }
    }

    private void goOn(Story story) {
        if (!story.events().hasNext()) {
            synchronized (waiting) {
                open--;
            }
            run(this::begin, Duration.ZERO);
            return;
        }
        MessageFate.Event event = story.events().next();
        String id = UlidCreator.getMonotonicUlid().toString();
        Duration delay = Duration.ofMillis(
                (long) (options.pace().toMillis() * 2 * story.random().nextDouble()));
        run(() -> send(story, event, id, 1, FIRST_RETRY_DELAY), delay);
    }

    private void run(Runnable task, Duration delay) {
        try {
            senders.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Closed: what is left is not reported", e);
        }
    }

    private void send(Story story, MessageFate.Event event, String id, int attempt, Duration retryDelay) {
        long timestamp = clock.instant().getEpochSecond();
        byte[] body = body(story.message(), event, id, timestamp);
        if (post(body)) {
            listener.taken(story.message(), id, event.objectType(), event.metric(), timestamp, attempt, body);
            synchronized (waiting) {
                taken++;
            }
            goOn(story);
            return;
        }
        listener.repeated();
        Duration next = retryDelay.multipliedBy(2);
        Duration longest = next.compareTo(LONGEST_RETRY_DELAY) > 0 ? LONGEST_RETRY_DELAY : next;
        run(() -> send(story, event, id, attempt + 1, longest), retryDelay);
    }

    private static byte[] body(SentMessage message, MessageFate.Event event, String id, long timestamp) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("event_id", id);
        body.put("object_type", event.objectType());
        body.put("metric", event.metric());
        body.put("timestamp", timestamp);
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
            awaitTurn();
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status / 100 == 2 ? works() : fails("it was answered with " + status);
        } catch (IOException e) {
            return fails(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void awaitTurn() throws InterruptedException {
        long turn;
        synchronized (waiting) {
            turn = Math.max(nextTurn, System.nanoTime());
            nextTurn = turn + TimeUnit.SECONDS.toNanos(1) / options.rate().getAsInt();
        }
        TimeUnit.NANOSECONDS.sleep(turn - System.nanoTime());
    }

    private boolean works() {
        if (troubled.compareAndSet(true, false)) {
            LOG.info("The sandbox's webhooks are taken again");
        }
        return true;
    }

    private boolean fails(String why) {
        if (troubled.compareAndSet(false, true)) {
            LOG.info("A webhook of the sandbox was not taken, and is sent again until it is: {}", why);
        }
        return false;
    }

    /** Ends at once; what is left is not reported. */
    @Override
    public void close() {
        senders.shutdownNow();
    }
}
