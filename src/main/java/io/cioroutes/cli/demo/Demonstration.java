package io.cioroutes.cli.demo;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.cli.Publisher;
import io.cioroutes.cli.Terminal;
import io.cioroutes.command.CommandType;
import io.cioroutes.sandbox.SandboxServer;
import io.cioroutes.sandbox.SandboxStats;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** Publishes the sample, waits until every message has come to its end, and says what became of them. */
final class Demonstration {

    private static final Duration REFRESH = Duration.ofMillis(200);
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(2);
    /** Without any progress for so long, something holds the rest back: the summary says so. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Connection connection;
    private final Outcomes outcomes;
    private final SandboxServer sandbox;
    private final PrintWriter out;
    private final Map<CommandType, Integer> published = new EnumMap<>(CommandType.class);
    private final Map<String, Integer> wrong = new TreeMap<>();
    private int numbered;
    private long begun;
    private long lastPrint;

    /** @param sandbox null where something else stands for Customer.io */
    Demonstration(Connection connection, Outcomes outcomes, SandboxServer sandbox, PrintWriter out) {
        this.connection = connection;
        this.outcomes = outcomes;
        this.sandbox = sandbox;
        this.out = out;
    }

    /**
     * Runs it.
     *
     * @param run names the run in message ids
     * @return true if everything came out as it should
     */
    boolean run(String run, int messages) throws IOException {
        long before = outcomes.count(null, null);
        begun = System.nanoTime();
        publish(run, messages);
        await(before, messages);
        double seconds = (System.nanoTime() - begun) / 1e9;
        out.printf("%n%n");
        table();
        deadLetters(run);
        figures(messages, seconds);
        return check(before, messages);
    }

    private void publish(String run, int messages) throws IOException {
        var shop = new Shop(run);
        try (var publisher = new Publisher("the broker", connection, reason -> {})) {
            for (int number = 1; number <= messages; number++) {
                Shop.Message message = shop.message(number);
                publisher.publish(
                        message.command(), Publisher.properties(message.id()).build(), message.body(), () -> {});
                CommandType type = CommandType.ofRoutingKey(message.command()).orElseThrow();
                published.merge(type, 1, Integer::sum);
                numbered += message.numbered() ? 1 : 0;
                if (message.wrong() != null) {
                    wrong.merge(message.wrong(), 1, Integer::sum);
                }
                progress(number, messages, false);
            }
            publisher.awaitConfirms();
        }
    }

    private void await(long before, int messages) {
        long last = -1;
        long since = System.nanoTime();
        while (settled(before) < messages && System.nanoTime() - since < PATIENCE.toNanos()) {
            if (settled(before) != last) {
                last = settled(before);
                since = System.nanoTime();
            }
            progress(messages, messages, false);
            LockSupport.parkNanos(REFRESH.toNanos() / 10);
        }
        progress(messages, messages, true);
    }

    /** Every message ends once as delivered or as a dead letter; a parked one will come again. */
    private long settled(long before) {
        return outcomes.count(null, null) - outcomes.count(null, "parked") - before;
    }

    private void progress(int publishedSoFar, int messages, boolean last) {
        boolean interactive = Terminal.isInteractive();
        long now = System.nanoTime();
        if (!last && now - lastPrint < (interactive ? REFRESH : LINE_INTERVAL).toNanos()) {
            return;
        }
        lastPrint = now;
        String line = String.format(
                Locale.ROOT,
                "published %,d of %,d   delivered %,d   dead-lettered %,d",
                publishedSoFar,
                messages,
                outcomes.count(null, "delivered"),
                outcomes.count(null, null) - outcomes.count(null, "delivered") - outcomes.count(null, "parked"));
        if (interactive) {
            out.print("\r  " + line + "   ");
        } else {
            out.println("  " + line);
        }
        out.flush();
    }

    private void table() {
        out.printf(
                "  %-14s %9s %9s %13s %9s %9s%n",
                "command", "published", "delivered", "dead-lettered", "p50 ms", "p99 ms");
        published.forEach((type, count) -> {
            String command = type.routingKey();
            long dead = outcomes.failures(command).entrySet().stream()
                    .filter(entry -> !entry.getKey().equals("parked"))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            out.printf(
                    Locale.ROOT,
                    "  %-14s %,9d %,9d %,13d %9s %9s%n",
                    command,
                    count,
                    outcomes.count(command, "delivered"),
                    dead,
                    millis(command, 0.5),
                    millis(command, 0.99));
        });
    }

    private String millis(String command, double percentile) {
        double value = outcomes.millis(command, percentile);
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,.0f", value);
    }

    /** Reads the run's dead letters without taking them: what is not acknowledged goes back when the channel closes. */
    private void deadLetters(String run) throws IOException {
        record Example(int count, String text) {}
        Map<String, Example> examples = new TreeMap<>();
        for (CommandType type : published.keySet()) {
            Channel channel = connection.createChannel();
            try {
                long waiting = channel.messageCount(type.deadLetterQueue());
                for (long i = 0; i < waiting; i++) {
                    GetResponse letter = channel.basicGet(type.deadLetterQueue(), false);
                    if (letter == null) {
                        break;
                    }
                    String id = letter.getProps().getMessageId();
                    if (id != null && id.startsWith(run + "-")) {
                        Map<String, Object> headers = letter.getProps().getHeaders();
                        String key = type.routingKey() + ", " + headers.get("x-cio-reason");
                        examples.merge(
                                key,
                                new Example(1, String.valueOf(headers.get("x-cio-error"))),
                                (a, b) -> new Example(a.count() + 1, a.text()));
                    }
                }
            } finally {
                channel.abort();
            }
        }
        if (!examples.isEmpty()) {
            out.printf("%n  Dead letters, with the first error of each kind:%n");
            examples.forEach((key, example) ->
                    out.printf("  %4d  %s%n        %s%n", example.count(), key, shortened(example.text())));
        }
    }

    private static String shortened(String text) {
        int room = Terminal.WIDTH - 10;
        return text.length() <= room ? text : text.substring(0, room - 1) + "…";
    }

    private void figures(int messages, double seconds) {
        out.printf(
                Locale.ROOT,
                "%n  %,d messages in %.1f s: %,.0f a second, from the first publish to the last settlement.%n",
                messages,
                seconds,
                messages / seconds);
        if (sandbox != null) {
            SandboxStats stats = sandbox.stats();
            out.printf(
                    Locale.ROOT,
                    "  %,d operations in %,d requests: batches make that %.0f messages a request.%n",
                    stats.operations(),
                    stats.requests(),
                    (double) stats.operations() / Math.max(1, stats.requests()));
        }
        out.printf("%n  Wrong on purpose:%n");
        wrong.forEach((what, count) -> out.printf("  %4d  %s%n", count, what));
    }

    private boolean check(long before, int messages) {
        int bad = wrong.values().stream().mapToInt(Integer::intValue).sum();
        long delivered = outcomes.count(null, "delivered");
        List<String> problems = new ArrayList<>();
        if (settled(before) != messages) {
            problems.add((messages - settled(before)) + " messages have not come to an end yet");
        }
        if (sandbox != null) {
            if (delivered != messages - bad) {
                problems.add((messages - bad) + " messages were valid, but " + delivered + " were delivered");
            }
            SandboxStats.Sequence sequence = sandbox.stats().sequence();
            if (sequence.distinct() != numbered || sequence.duplicates() > 0) {
                problems.add(numbered + " numbered messages were valid, but the sandbox has " + sequence.distinct()
                        + " of them, and " + sequence.duplicates() + " twice");
            }
        }
        if (problems.isEmpty()) {
            out.printf(
                    "%n  Checked: published = delivered + dead-lettered%s.%n",
                    sandbox == null ? "" : "; every valid message is at the sandbox, once");
        } else {
            problems.forEach(problem -> out.printf("%n  Not as it should be: %s.%n", problem));
        }
        out.flush();
        return problems.isEmpty();
    }
}
