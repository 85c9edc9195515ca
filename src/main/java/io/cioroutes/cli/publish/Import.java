package io.cioroutes.cli.publish;

import com.rabbitmq.client.Connection;
import io.cioroutes.cli.BrokerAddress;
import io.cioroutes.cli.CliException;
import io.cioroutes.cli.Publisher;
import io.cioroutes.cli.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** Publishes an input message by message, and says how it went. */
final class Import {
    /** Exit code where some messages were refused. */
    static final int REFUSED = 1;

    /** How long a stop waits for confirms that are still to come, in ms. */
    private static final long STOP_MILLIS = 10_000;

    /** Lines at most between the checkpoint and what is being published: so many are repeated after a crash. */
    static final int MOST_OPEN = 2 * Publisher.WINDOW;

    private final Input input;
    private final Messages messages;
    private final Checkpoint checkpoint;
    private final Refusals refusals;
    private final Ledger ledger;
    private final Pace pace;
    private final PrintWriter err;
    private final long doneBefore;
    private final long begin = System.nanoTime();
    private String lastId;

    /**
     * @param checkpoint null for an import that cannot be taken up again
     * @param rate messages a second at most; null for no limit
     * @param err where people read how it goes
     */
    Import(Input input, Messages messages, Checkpoint checkpoint, Refusals refusals, Integer rate, PrintWriter err) {
        this.input = input;
        this.messages = messages;
        this.checkpoint = checkpoint;
        this.refusals = refusals;
        this.ledger = new Ledger(refusals, checkpoint);
        this.pace = rate == null ? null : new Pace(rate);
        this.err = err;
        this.doneBefore = checkpoint == null ? 0 : checkpoint.line();
    }

    /** What is done with a message that is valid. */
    private interface Valid {
        /** False: no more, please. */
        boolean take(Line line, String messageId);
    }

    /**
     * Checks everything and publishes nothing.
     *
     * @return exit code
     */
    int check() throws IOException {
        try (Progress progress = progress()) {
            each(progress, (line, messageId) -> {
                ledger.publish(line).run();
                return true;
            });
        }
        return report("Valid", "");
    }

    /**
     * Publishes everything that is valid.
     *
     * @return exit code
     */
    int publish(BrokerAddress broker) throws IOException {
        Connection connection = broker.connect("cio publish");
        try (Progress progress = progress();
                Publisher publisher = new Publisher(broker.toString(), connection, progress::blocked)) {
            Thread hook = new Thread(() -> interrupted(publisher, progress), "publish-interrupted");
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                each(progress, (line, messageId) -> {
                    if (ledger.open() >= MOST_OPEN) {
                        publisher.awaitConfirms();
                    }
                    return publisher.publish(
                            messages.command().routingKey(),
                            Publisher.properties(messageId).build(),
                            line.body(),
                            ledger.publish(line));
                });
                publisher.awaitConfirms();
            } catch (CliException | IOException e) {
                publisher.stop(STOP_MILLIS);
                progress.end();
                broken();
                throw e;
            } finally {
                remove(hook);
            }
        } finally {
            connection.abort((int) STOP_MILLIS);
        }
        return report("Published", " as " + messages.command().routingKey() + " to " + broker);
    }

    private Progress progress() {
        if (doneBefore > 0) {
            err.printf(
                    Locale.ROOT,
                    "Going on after line %,d; so far %,d published, %,d refused.%n",
                    doneBefore,
                    checkpoint.published(),
                    checkpoint.refused());
        }
        return new Progress(
                ledger, err, input.size(), !(input instanceof SqlInput), Terminal.isInteractive(), Terminal.WIDTH);
    }

    private void each(Progress progress, Valid valid) throws IOException {
        Line line = afterCheckpoint(progress);
        for (; line != null; line = input.next()) {
            progress.at(input.position());
            if (pace != null) {
                pace.await();
            }
            try {
                lastId = messages.check(line);
                if (!valid.take(line, lastId)) {
                    return;
                }
            } catch (Messages.Refused e) {
                ledger.refuse(line, e.violations());
            }
        }
    }

    /** Passes over what is done. The line that was done last must be there as it was: the count means nothing otherwise. */
    private Line afterCheckpoint(Progress progress) throws IOException {
        Line last = null;
        Line line = input.next();
        while (line != null && line.number() <= doneBefore) {
            last = line;
            progress.skipped(input.position());
            line = input.next();
        }
        if (doneBefore > 0
                && (last == null || last.number() != doneBefore || !last.mark().equals(checkpoint.mark()))) {
            throw CliException.usage(
                    String.format(
                            Locale.ROOT,
                            "The input is not what it was: its line %,d was done last, and is another one now. Lines were"
                                    + " added, removed or changed before it, so nobody can tell what was published."
                                    + " Give the input as it was, or begin anew with another checkpoint.",
                            doneBefore),
                    null);
        }
        return line;
    }

    /** Runs when the process is asked to end: what is on its way is still booked. */
    private void interrupted(Publisher publisher, Progress progress) {
        int unknown = publisher.stop(STOP_MILLIS);
        progress.end();
        err.printf(
                Locale.ROOT,
                "Interrupted after line %,d: %,d published, %,d refused%s.%n",
                Math.max(doneBefore, ledger.line()),
                ledger.published(),
                ledger.refused(),
                unknown == 0 ? "" : String.format(Locale.ROOT, ", %,d without the broker's confirm", unknown));
        goOn();
        err.flush();
    }

    private void broken() {
        if (input instanceof SingleInput || ledger.line() <= doneBefore) {
            return;
        }
        err.printf(
                Locale.ROOT,
                "Up to line %,d everything is done: %,d published, %,d refused.%n",
                ledger.line(),
                ledger.published(),
                ledger.refused());
        goOn();
    }

    private void goOn() {
        err.println(
                checkpoint != null
                        ? "The same command goes on there."
                        : "With --checkpoint FILE it could be taken up again.");
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already. The hook has the last word, and needs what would be closed after this.
            while (true) {
                LockSupport.park();
            }
        }
    }

    private int report(String what, String target) {
        boolean refused = ledger.refused() > 0 || checkpoint != null && checkpoint.refused() > 0;
        if (input instanceof SingleInput) {
            reportOne(what, target);
        } else {
            reportMany(what, target);
        }
        return refused ? REFUSED : 0;
    }

    private void reportOne(String what, String target) {
        if (ledger.refused() == 0) {
            err.println(what + target + (target.isEmpty() ? "" : ", message id " + lastId) + ".");
        } else {
            err.println("The message is not valid:");
            refusals.first().forEach(violation -> err.println("  " + violation));
        }
    }

    private void reportMany(String what, String target) {
        long all = ledger.published() + ledger.refused();
        double seconds = (System.nanoTime() - begin) / 1e9;
        err.printf(
                Locale.ROOT,
                "%s %,d of %,d messages%s in %s (%,.0f/s).%n",
                what,
                ledger.published(),
                all,
                target,
                Progress.readable(seconds),
                all / seconds);
        if (ledger.refused() > 0) {
            err.printf(Locale.ROOT, "%,d refused:%n", ledger.refused());
            refusals.shown().forEach(line -> err.println("  " + line));
            long more = ledger.refused() - refusals.shown().size();
            if (more > 0) {
                err.printf(Locale.ROOT, "  and %,d more%n", more);
            }
            err.println(
                    refusals.file() == null
                            ? "--rejects FILE writes them to a file."
                            : "All of them are in " + refusals.file() + ".");
        }
        if (doneBefore > 0) {
            err.printf(
                    Locale.ROOT,
                    "With the earlier runs: %,d published, %,d refused.%n",
                    checkpoint.published(),
                    checkpoint.refused());
        }
    }
}
