package io.cioroutes.cli.publish;

import io.cioroutes.cli.CliException;
import io.cioroutes.command.Violation;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Books what became of the lines, in their order: a line is done when it and all before it were confirmed or refused.
 * Then, and only then, it counts, is reported and moves the checkpoint. So the checkpoint never passes an unconfirmed
 * line, however the confirms come.
 */
final class Ledger {
    /** One line until it is done. */
    private static final class Entry {
        private final long line;
        private final String mark;
        private boolean done;
        private List<Violation> violations;
        private String body;

        private Entry(Line line) {
            this.line = line.number();
            this.mark = line.mark();
        }
    }

    private final Deque<Entry> open = new ArrayDeque<>();
    private final Refusals refusals;
    private final Checkpoint checkpoint;
    private long published;
    private long refused;
    private long line;

    /**
     * @param refusals gets the refused lines
     * @param checkpoint is moved on; may be null
     */
    Ledger(Refusals refusals, Checkpoint checkpoint) {
        this.refusals = refusals;
        this.checkpoint = checkpoint;
    }

    /** Books a line that is about to be published; run the result when it was confirmed. */
    synchronized Runnable publish(Line next) {
        Entry entry = new Entry(next);
        open.add(entry);
        return () -> done(entry);
    }

    /** Books a line that is not published. */
    synchronized void refuse(Line next, List<Violation> violations) {
        Entry entry = new Entry(next);
        entry.violations = violations;
        entry.body = Refusals.excerpt(next.body());
        open.add(entry);
        done(entry);
    }

    private synchronized void done(Entry entry) {
        entry.done = true;
        try {
            while (!open.isEmpty() && open.peek().done) {
                book(open.remove());
            }
        } catch (IOException e) {
            throw CliException.usage("Cannot write the checkpoint or the report: " + CliException.text(e), e);
        }
    }

    private void book(Entry entry) throws IOException {
        boolean wasRefused = entry.violations != null;
        line = entry.line;
        if (wasRefused) {
            refused++;
            refusals.add(entry.line, entry.violations, entry.body);
        } else {
            published++;
        }
        if (checkpoint != null) {
            checkpoint.advance(entry.line, entry.mark, wasRefused);
        }
    }

    /** Lines booked that are not done. */
    synchronized int open() {
        return open.size();
    }

    /** Lines published in this run. */
    synchronized long published() {
        return published;
    }

    /** Lines refused in this run. */
    synchronized long refused() {
        return refused;
    }

    /** The last line up to which all are done; 0 before the first. */
    synchronized long line() {
        return line;
    }
}
