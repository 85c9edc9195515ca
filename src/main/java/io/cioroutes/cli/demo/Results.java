package io.cioroutes.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cioroutes.cli.CliException;
import io.cioroutes.webhook.SandboxWebhooks;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What became of the messages, by the views of the local analytics database; asked over HTTP, as its user would. The
 * database keeps the results of earlier runs: they are subtracted.
 */
final class Results {
    /** In the order in which they are printed. */
    private static final List<String> METRICS =
            List.of("sent", "delivered", "opened", "clicked", "bounced", "failed", "unsubscribed");

    private static final String RESULTS = "select source, source_id, channel, "
            + String.join(
                    ", ", METRICS.stream().map(metric -> "sum(" + metric + ")").toList())
            + " from campaign_results_daily group by all order by source, source_id, channel";
    private static final String EVENTS = "select (select count(*) from message_events_unique)"
            + " + (select count(*) from subscription_events_unique) + (select count(*) from unrecognized_events)";

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** Nothing has changed for so long: what is missing will not come. */
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI analytics;
    private final SandboxWebhooks webhooks;
    private final Map<String, long[]> before;
    private final long eventsBefore;
    private final long takenBefore;

    /**
     * Notes what is there already.
     *
     * @param analytics address for queries
     * @param webhooks where the results come from
     */
    Results(URI analytics, SandboxWebhooks webhooks) throws IOException, InterruptedException {
        this.analytics = analytics;
        this.webhooks = webhooks;
        this.before = results();
        this.eventsBefore = events();
        this.takenBefore = webhooks.taken();
    }

    /**
     * Waits until all webhooks are in the database, and prints what they add up to.
     *
     * @return whether every webhook that the service took is there, once
     */
    boolean print(Screen screen) throws IOException, InterruptedException {
        screen.line();
        long taken = 0;
        long stored = -1;
        long moved = System.nanoTime();
        boolean settled = false;
        while (!settled && System.nanoTime() - moved < STALLED_NANOS) {
            boolean sending = webhooks.open() > 0;
            long takenNow = webhooks.taken() - takenBefore;
            long storedNow = events() - eventsBefore;
            moved = takenNow == taken && storedNow == stored ? moved : System.nanoTime();
            taken = takenNow;
            stored = storedNow;
            settled = !sending && taken == stored;
            screen.progress(String.format(
                    Locale.ROOT, "  webhooks sent back %,d   in the analytics database %,d", taken, stored));
            LockSupport.parkNanos(TICK_NANOS);
        }
        screen.line(screen.bold("  Results, from the analytics views: what the sandbox reported by webhooks"));
        StringBuilder head = new StringBuilder(String.format("  %-32s", "campaign"));
        METRICS.forEach(metric -> head.append(String.format("%" + width(metric) + "s", metric)));
        screen.line(screen.bold(head.toString()));
        long[] total = new long[METRICS.size()];
        for (Map.Entry<String, long[]> result : results().entrySet()) {
            long[] counts = result.getValue();
            long[] earlier = before.getOrDefault(result.getKey(), new long[METRICS.size()]);
            long sum = 0;
            for (int i = 0; i < counts.length; i++) {
                counts[i] -= earlier[i];
                total[i] += counts[i];
                sum += counts[i];
            }
            if (sum > 0) {
                screen.line(row(result.getKey(), counts));
            }
        }
        screen.line(screen.bold(row("all", total)));
        screen.line();
        screen.line("  " + (settled ? screen.good("ok   ") : screen.bad("WRONG"))
                + String.format(
                        Locale.ROOT,
                        " every webhook is in the analytics database, once: %,d of %,d",
                        stored,
                        taken + webhooks.open()));
        return settled;
    }

    private static int width(String metric) {
        return Math.max(7, metric.length() + 1);
    }

    private static String row(String name, long[] counts) {
        StringBuilder line = new StringBuilder(String.format("  %-32s", name));
        for (int i = 0; i < counts.length; i++) {
            String count = counts[i] == 0 ? "-" : String.format(Locale.ROOT, "%,d", counts[i]);
            line.append(String.format("%" + width(METRICS.get(i)) + "s", count));
        }
        return line.toString();
    }

    /** By name of the campaign, in the view's order, the metrics. */
    private Map<String, long[]> results() throws IOException, InterruptedException {
        Map<String, long[]> results = new TreeMap<>();
        for (JsonNode row : query(RESULTS)) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                names.add(row.get(i).asText(""));
            }
            if (!row.get(2).asText().equals("email")) {
                names.add(row.get(2).asText());
            }
            long[] counts = new long[METRICS.size()];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = row.get(3 + i).asLong();
            }
            results.put(String.join(" ", names), counts);
        }
        return results;
    }

    private long events() throws IOException, InterruptedException {
        return query(EVENTS).get(0).get(0).asLong();
    }

    private JsonNode query(String sql) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(analytics)
                        .POST(HttpRequest.BodyPublishers.ofString(sql))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new CliException(
                    1, "The analytics database did not answer (" + answer.statusCode() + "): " + answer.body(), null);
        }
        return JSON.readTree(answer.body()).get("rows");
    }
}
