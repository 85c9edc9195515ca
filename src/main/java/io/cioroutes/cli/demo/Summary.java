package io.cioroutes.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cioroutes.cli.Terminal;
import io.cioroutes.cli.demo.DeadLetters.DeadLetter;
import io.cioroutes.cli.demo.Sample.Fate;
import io.cioroutes.command.CommandTranslator;
import io.cioroutes.command.CommandType;
import io.cioroutes.command.InvalidCommandException;
import io.cioroutes.command.MessageFacts;
import io.cioroutes.command.Operation;
import io.cioroutes.sandbox.SandboxServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tells what became of the messages, and checks it against what should have. */
final class Summary {
    /** Lines of an error that are shown at most. */
    private static final int LINES = 3;

    private static final JsonMapper JSON = new JsonMapper();

    private final CommandTranslator translator = new CommandTranslator();
    private final Screen screen;
    private final List<Sample> messages;
    private final Outcomes outcomes;
    private final Map<String, DeadLetter> deadLetters;
    private final double seconds;
    private final double[] latencies;
    private boolean holds = true;

    /**
     * @param messages what was published
     * @param outcomes by the service's meters
     * @param deadLetters of these messages, as found in the queues
     * @param seconds from the first message to the last outcome
     * @param latencies from publishing to acceptance at the sandbox, in ms, sorted; empty without a sandbox
     */
    Summary(
            Screen screen,
            List<Sample> messages,
            Outcomes outcomes,
            Map<String, DeadLetter> deadLetters,
            double seconds,
            double[] latencies) {
        this.screen = screen;
        this.messages = messages;
        this.outcomes = outcomes;
        this.deadLetters = deadLetters;
        this.seconds = seconds;
        this.latencies = latencies;
    }

    /**
     * Prints everything.
     *
     * @param sandbox null where Customer.io is something else
     * @param firstNumber the first {@code seq}
     * @param numbered how many messages carry one
     * @param kindsBefore operations that the sandbox had accepted before
     * @return whether the check holds
     */
    boolean print(SandboxServer sandbox, int firstNumber, int numbered, Map<String, Long> kindsBefore) {
        screen.line();
        table();
        screen.line();
        mistakes();
        screen.line();
        figures();
        screen.line();
        check(sandbox, firstNumber, numbered, kindsBefore);
        return holds;
    }

    private void table() {
        Set<String> reasons = new TreeSet<>(Set.of("invalid", "rejected"));
        Map<CommandType, Map<String, Long>> rows = new LinkedHashMap<>();
        Map<String, Long> total = new TreeMap<>();
        for (CommandType command : CommandType.values()) {
            Map<String, Long> row = new TreeMap<>(outcomes.of(command));
            reasons.addAll(row.keySet());
            long published = published(command);
            row.put("published", published);
            if (published > 0) {
                rows.put(command, row);
            }
            row.forEach((outcome, count) -> total.merge(outcome, count, Long::sum));
        }
        reasons.remove("delivered");
        List<String> columns = new ArrayList<>(List.of("published", "delivered"));
        columns.addAll(reasons);
        StringBuilder head = new StringBuilder(String.format("  %-14s", "command"));
        columns.forEach(column -> head.append(String.format("%11s", column)));
        screen.line(screen.bold(head.toString()));
        rows.forEach((command, row) -> screen.line(row(command.routingKey(), columns, row)));
        screen.line(screen.bold(row("all", columns, total)));
    }

    private static String row(String name, List<String> columns, Map<String, Long> counts) {
        StringBuilder line = new StringBuilder(String.format("  %-14s", name));
        columns.forEach(column -> {
            long count = counts.getOrDefault(column, 0L);
            line.append(
                    String.format(Locale.ROOT, "%11s", count == 0 ? "-" : String.format(Locale.ROOT, "%,d", count)));
        });
        return line.toString();
    }

    private long published(CommandType command) {
        return messages.stream().filter(message -> message.command() == command).count();
    }

    /** A kind of mistake: what is wrong, in words that differ only in numbers. */
    private record Mistake(CommandType command, String reason, String words) {}

    /** The kinds of mistakes, each with its count and the error of one of its messages. */
    private void mistakes() {
        Map<Mistake, List<String>> kinds = new TreeMap<>(Comparator.comparing(Mistake::command)
                .thenComparing(Mistake::reason)
                .thenComparing(Mistake::words));
        deadLetters.values().forEach(letter -> kinds.computeIfAbsent(
                        new Mistake(
                                letter.command(),
                                letter.reason(),
                                letter.error().replaceAll("[0-9]+", "#")),
                        kind -> new ArrayList<>())
                .add(letter.error()));
        if (kinds.isEmpty()) {
            return;
        }
        screen.line(screen.bold("  Dead letters: where, why, and how one of them is explained"));
        kinds.forEach((kind, errors) -> {
            String head = String.format(
                    "  %4d  %-22s  %-8s  ", errors.size(), kind.command().deadLetterQueue(), kind.reason());
            for (String line : wrapped(errors.get(0), Terminal.WIDTH - head.length())) {
                screen.line(head + line);
                head = " ".repeat(head.length());
            }
        });
    }

    /** Broken at spaces into lines of this width; what is longer than {@value #LINES} lines is cut. */
    private static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width && lines.size() < LINES - 1) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > 0 ? space : width;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end).strip();
        }
        lines.add(rest.length() <= width ? rest : rest.substring(0, width - 3) + "...");
        return lines;
    }

    private void figures() {
        screen.line(String.format(
                Locale.ROOT,
                "  Rate      %,.0f commands/s, in %.1f s; at most %d under way at a time",
                messages.size() / seconds,
                seconds,
                Demo.UNDER_WAY));
        if (latencies.length > 0) {
            screen.line(String.format(
                    Locale.ROOT,
                    "  Latency   from publishing to acceptance: p50 %s, p95 %s, p99 %s",
                    millis(Arrivals.percentile(latencies, 0.50)),
                    millis(Arrivals.percentile(latencies, 0.95)),
                    millis(Arrivals.percentile(latencies, 0.99))));
        } else {
            screen.line(String.format(
                    Locale.ROOT, "  Latency   from receipt to acceptance: mean %s", millis(outcomes.meanMillis())));
        }
        long track = operations(Operation.Kind.BATCH) + operations(Operation.Kind.TRACK);
        long trackRequests = outcomes.requests("track");
        screen.line(String.format(
                Locale.ROOT,
                "  Requests  Track API: %,d operations in %,d requests, %.1f each",
                track,
                trackRequests,
                trackRequests == 0 ? 0 : (double) track / trackRequests));
        screen.line(String.format(
                Locale.ROOT,
                "            App API: %,d requests, one per message, 100/s at most",
                outcomes.requests("app")));
    }

    private static String millis(double millis) {
        return millis < 10_000
                ? String.format(Locale.ROOT, "%,.0f ms", millis)
                : String.format(Locale.ROOT, "%,.1f s", millis / 1000);
    }

    private long operations(Operation.Kind kind) {
        return messages.stream()
                .filter(message -> !deadLetters.containsKey(message.messageId()))
                .flatMap(message -> translate(message).stream())
                .filter(operation -> operation.kind() == kind)
                .count();
    }

    private List<Operation> translate(Sample message) {
        try {
            return translator
                    .translate(
                            message.command(),
                            message.body(),
                            new MessageFacts(
                                    message.messageId(), null, Instant.now().getEpochSecond()))
                    .operations();
        } catch (InvalidCommandException e) {
            return List.of();
        }
    }

    private void check(SandboxServer sandbox, int firstNumber, int numbered, Map<String, Long> kindsBefore) {
        long delivered = outcomes.delivered();
        long dead = outcomes.deadLettered();
        check(
                String.format(
                        Locale.ROOT,
                        "%,d published = %,d delivered + %,d dead-lettered",
                        messages.size(),
                        delivered,
                        dead),
                messages.size() == delivered + dead);
        List<Sample> wrong = messages.stream()
                .filter(message -> message.fate() == Fate.INVALID || message.fate() == Fate.REJECTED && sandbox != null)
                .toList();
        long explained = wrong.stream()
                .filter(message -> {
                    DeadLetter letter = deadLetters.get(message.messageId());
                    return letter != null
                            && letter.command() == message.command()
                            && letter.reason().equals(message.fate().name().toLowerCase(Locale.ROOT));
                })
                .count();
        check(
                String.format(
                        Locale.ROOT,
                        "every wrong message is in its dead-letter queue, with why: %,d of %,d",
                        explained,
                        wrong.size()),
                explained == wrong.size());
        if (sandbox == null) {
            return;
        }
        long valid = messages.size() - wrong.size();
        long missing = sandbox.missing(firstNumber, firstNumber + numbered - 1).size()
                + missingWithoutNumber(sandbox, kindsBefore);
        check(
                String.format(Locale.ROOT, "every valid message is at the sandbox: %,d of %,d", valid - missing, valid),
                missing == 0);
    }

    /** Suppressions and deletions carry no number: their operations are counted. */
    private long missingWithoutNumber(SandboxServer sandbox, Map<String, Long> kindsBefore) {
        Map<String, Long> expected = new TreeMap<>();
        messages.stream()
                .filter(message -> message.fate() == Fate.DELIVERED && message.number() < 0)
                .flatMap(message -> translate(message).stream())
                .forEach(operation -> expected.merge(kindOf(operation), 1L, Long::sum));
        Map<String, Long> accepted = sandbox.stats().operationsByKind();
        return expected.entrySet().stream()
                .mapToLong(kind -> kind.getValue()
                        - accepted.getOrDefault(kind.getKey(), 0L)
                        + kindsBefore.getOrDefault(kind.getKey(), 0L))
                .map(missing -> Math.max(0, missing))
                .sum();
    }

    /** As the sandbox names it: type and action. */
    private static String kindOf(Operation operation) {
        try {
            JsonNode body = JSON.readTree(operation.body());
            return body.path("type").asText() + " " + body.path("action").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(String what, boolean right) {
        holds &= right;
        screen.line("  " + (right ? screen.good("ok   ") : screen.bad("WRONG")) + " " + what);
    }
}
