package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.sandbox.ScriptedReply.Action;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Scripted replies, consumed in order, and standing faults. */
final class Faults {
    /** A hanging request is dropped after this long if nothing else is said; longer than any client waits. */
    private static final long HANG_MS = 120_000;

    private final List<Entry> script = new ArrayList<>();
    private final List<Standing> standing = new ArrayList<>();

    /**
     * What is to happen to a request.
     *
     * @param answer what to answer in place of the API; null where the API's own answer counts, or none
     * @param delayMs milliseconds before answering, or before a hanging connection is dropped
     */
    record Verdict(Action action, Answer answer, long delayMs) {
        static final Verdict NONE = new Verdict(Action.APPLY, null, 0);
    }

    private static final class Entry {
        private final ScriptedReply reply;
        private final Matcher matcher;
        private int left;

        Entry(ScriptedReply reply) {
            this.reply = reply;
            this.matcher = new Matcher(reply.match());
            this.left = reply.times() == 0 ? 1 : reply.times();
        }
    }

    private static final class Standing {
        private final Fault fault;
        private final Matcher matcher;
        private final long since = System.nanoTime();
        private long window;
        private int inWindow;

        Standing(Fault fault) {
            this.fault = fault;
            this.matcher = new Matcher(fault.match());
        }

        boolean over() {
            return fault.forMs() > 0 && System.nanoTime() - since > fault.forMs() * 1_000_000;
        }

        boolean aboveRate() {
            long second = (System.nanoTime() - since) / 1_000_000_000;
            if (second != window) {
                window = second;
                inWindow = 0;
            }
            return fault.rateLimit() > 0 && ++inWindow > fault.rateLimit();
        }
    }

    private record Matcher(String method, Pattern path, String contains) {
        Matcher(ScriptedReply.Match match) {
            this(
                    match == null ? null : match.method(),
                    match == null || match.path() == null ? null : glob(match.path()),
                    match == null ? null : match.contains());
        }

        private static Pattern glob(String glob) {
            return Pattern.compile(
                    Arrays.stream(glob.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
        }

        boolean matches(Call call) {
            return (method == null || method.equalsIgnoreCase(call.method()))
                    && (path == null || path.matcher(call.rawPath()).matches())
                    && (contains == null || call.text().contains(contains));
        }
    }

    synchronized void script(List<ScriptedReply> replies) {
        replies.forEach(reply -> script.add(new Entry(reply)));
    }

    /** Replaces all standing faults. */
    synchronized void fault(List<Fault> faults) {
        standing.clear();
        faults.forEach(fault -> standing.add(new Standing(fault)));
    }

    synchronized void clearScript() {
        script.clear();
    }

    /** Replies not used up yet. */
    synchronized int pending() {
        return script.size();
    }

    synchronized List<Fault> standing() {
        standing.removeIf(Standing::over);
        return standing.stream().map(entry -> entry.fault).toList();
    }

    synchronized Verdict verdict(Call call) {
        if (script.isEmpty() && standing.isEmpty()) {
            return Verdict.NONE;
        }
        Verdict verdict = scripted(call);
        standing.removeIf(Standing::over);
        for (Standing entry : standing) {
            if (entry.matcher.matches(call)) {
                verdict = disturbed(verdict, entry);
            }
        }
        return verdict;
    }

    private Verdict scripted(Call call) {
        for (Entry entry : script) {
            if (entry.matcher.matches(call)) {
                if (entry.left > 0 && --entry.left == 0) {
                    script.remove(entry);
                }
                ScriptedReply reply = entry.reply;
                Action action =
                        reply.action() != null ? reply.action() : reply.status() == null ? Action.APPLY : Action.REPLY;
                boolean answers = action == Action.REPLY || action == Action.REPLY_THEN_RESET;
                return new Verdict(action, answers ? answer(reply) : null, delay(action, reply.delayMs()));
            }
        }
        return Verdict.NONE;
    }

    private static Answer answer(ScriptedReply reply) {
        JsonNode body = reply.body();
        byte[] bytes = body == null || body.isNull()
                ? new byte[0]
                : body.isTextual() ? body.textValue().getBytes(StandardCharsets.UTF_8) : Json.bytes(body);
        Map<String, String> headers = reply.headers() == null ? Map.of() : reply.headers();
        return new Answer(reply.status() == null ? 200 : reply.status(), headers, bytes, List.of("scripted reply"));
    }

    /** The scripted reply goes first; a fault adds its delay, and fails what is not scripted. */
    private static Verdict disturbed(Verdict verdict, Standing entry) {
        Fault fault = entry.fault;
        long delay = verdict.delayMs() + fault.latencyMs();
        Verdict delayed = new Verdict(verdict.action(), verdict.answer(), delay);
        if (verdict.action() != Action.APPLY) {
            return delayed;
        }
        if (entry.aboveRate()) {
            return new Verdict(Action.REPLY, faulty(fault, 429), delay);
        }
        boolean all = fault.failRatio() == null || fault.failRatio() <= 0;
        if (!fault.fails() || !(all || ThreadLocalRandom.current().nextDouble() < fault.failRatio())) {
            return delayed;
        }
        if (fault.hang()) {
            return new Verdict(Action.HANG, null, delay(Action.HANG, 0));
        }
        return fault.reset()
                ? new Verdict(Action.RESET, null, delay)
                : new Verdict(Action.REPLY, faulty(fault, fault.status()), delay);
    }

    private static Answer faulty(Fault fault, int status) {
        return new Answer(
                status, fault.headers() == null ? Map.of() : fault.headers(), new byte[0], List.of("standing fault"));
    }

    private static long delay(Action action, long delayMs) {
        boolean hangs = action == Action.HANG || action == Action.APPLY_THEN_HANG;
        return hangs && delayMs == 0 ? HANG_MS : delayMs;
    }
}
