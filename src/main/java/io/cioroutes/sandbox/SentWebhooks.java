package io.cioroutes.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The webhooks that the sandbox sent: the newest of them, and counts for each campaign, broadcast or transactional
 * message. The counts are the sandbox's own, of webhooks that the service has answered with 2xx; what the service made of
 * them is in its analytics store.
 */
public final class SentWebhooks {
    private static final int KEPT = 1000;

    /** Kinds of messages counted apart; a test may make up any number of templates. */
    private static final int MAX_RESULTS = 200;

    private final Log<SentWebhook> sent = new Log<>(KEPT);
    private final Map<Key, Map<String, Long>> results = new LinkedHashMap<>();
    private String endpoint;
    private long taken;
    private long repeated;
    private long leftOut;

    private record Key(String source, String sourceId, String channel) {}

    /**
     * Counts of one campaign, broadcast, newsletter or transactional message.
     *
     * @param source {@code campaign}, {@code broadcast}, {@code newsletter} or {@code transactional}
     * @param sourceId its id or name
     * @param channel such as {@code email}
     * @param metrics webhooks by metric
     */
    public record Result(String source, String sourceId, String channel, Map<String, Long> metrics) {}

    /**
     * What was sent since the start or the last reset.
     *
     * @param endpoint where webhooks go; null where none are sent
     * @param taken webhooks answered with 2xx
     * @param repeated attempts that were not, and were made again
     * @param leftOut messages without webhooks, because too many waited for the service
     * @param results counts by what the messages are part of; beyond 200 of them, no new ones
     */
    public record Summary(String endpoint, long taken, long repeated, long leftOut, List<Result> results) {}

    SentWebhooks() {}

    /** Says where webhooks go from now on; null: nowhere any more. */
    public synchronized void endpoint(String address) {
        endpoint = address;
    }

    /** Notes a webhook that the service has taken; its number is given here. */
    public synchronized void taken(SentWebhook webhook) {
        taken++;
        sent.append(webhook::numbered);
        Key key = new Key(webhook.source(), webhook.sourceId(), webhook.channel());
        Map<String, Long> counts = results.get(key);
        if (counts == null && results.size() < MAX_RESULTS) {
            counts = new TreeMap<>();
            results.put(key, counts);
        }
        // The person's choice comes beside the message's own result, and would count it twice.
        if (counts != null && webhook.objectType().equals(webhook.channel())) {
            counts.merge(webhook.metric(), 1L, Long::sum);
        }
    }

    /** Notes an attempt that will be made again. */
    public synchronized void repeated() {
        repeated++;
    }

    /** Notes a message that gets no webhooks. */
    public synchronized void leftOut() {
        leftOut++;
    }

    /** What was sent since the start or the last reset. */
    public synchronized Summary summary() {
        List<Result> list = new ArrayList<>();
        results.forEach((key, counts) ->
                list.add(new Result(key.source(), key.sourceId(), key.channel(), new TreeMap<>(counts))));
        return new Summary(endpoint, taken, repeated, leftOut, list);
    }

    /** Newest first: those with a number below {@code before} and above {@code after}. */
    synchronized List<SentWebhook> newest(long before, long after, int limit) {
        return sent.newest(before, after, limit, webhook -> true);
    }

    synchronized SentWebhook get(long number) {
        return sent.get(number);
    }

    synchronized long last() {
        return sent.last();
    }

    synchronized void reset() {
        sent.clear();
        results.clear();
        taken = 0;
        repeated = 0;
        leftOut = 0;
    }
}
