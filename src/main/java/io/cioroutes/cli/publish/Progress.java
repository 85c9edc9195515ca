package io.cioroutes.cli.publish;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far an import is: a moving bar for somebody who watches, a line now and then for a log. */
final class Progress implements AutoCloseable {
    private static final long BAR_MILLIS = 250;
    private static final long LINE_MILLIS = 5_000;

    private final Ledger ledger;
    private final PrintWriter err;
    private final long size;
    private final boolean isFile;
    private final boolean interactive;
    private final int width;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long begin = System.nanoTime();
    private volatile long start;
    private volatile long position;
    private volatile String blocked;
    private ProgressBar bar;

    /**
     * @param size of the input, -1 where it is not known
     * @param isFile whether the size is in bytes
     * @param interactive whether somebody watches
     * @param width columns of the bar
     */
    Progress(Ledger ledger, PrintWriter err, long size, boolean isFile, boolean interactive, int width) {
        this.ledger = ledger;
        this.err = err;
        this.size = size;
        this.isFile = isFile;
        this.interactive = interactive;
        this.width = width;
        long interval = interactive ? BAR_MILLIS : LINE_MILLIS;
        timer.scheduleAtFixedRate(this::show, interval, interval, TimeUnit.MILLISECONDS);
    }

    private ProgressBar bar() {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName("")
                .setInitialMax(size)
                // Speed and time left are those of this run.
                .startsFrom(start, Duration.ofNanos(System.nanoTime() - begin))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis((int) BAR_MILLIS)
                .setConsumer(new DelegatingProgressBarConsumer(
                        text -> {
                            err.print("\r" + text);
                            err.flush();
                        },
                        width - 1));
        return (isFile ? builder.setUnit("MB", 1_000_000) : builder).build();
    }

    /** So much of the input was done in earlier runs, and takes no part in rate and time left. */
    void skipped(long newPosition) {
        start = newPosition;
        begin = System.nanoTime();
    }

    /** So much of the input was read. */
    void at(long newPosition) {
        position = newPosition;
    }

    /** The broker takes no messages for now, because of this; null: it does again. */
    void blocked(String reason) {
        blocked = reason;
    }

    private synchronized void show() {
        if (position == 0) {
            return;
        }
        if (interactive) {
            if (bar == null) {
                bar = bar();
            }
            bar.stepTo(position).setExtraMessage(" " + counts());
        } else {
            err.println("  " + counts() + left(size, start, position, seconds()));
        }
    }

    private String counts() {
        long published = ledger.published();
        long refused = ledger.refused();
        String waiting = blocked == null ? "" : ", the broker holds back: " + blocked;
        return String.format(
                Locale.ROOT,
                "%,d published%s, %,.0f/s%s",
                published,
                refused == 0 ? "" : String.format(Locale.ROOT, ", %,d refused", refused),
                (published + refused) / seconds(),
                waiting);
    }

    /**
     * The share that is done, and the time that the rest will take.
     *
     * @param size of the whole input, -1 where it is not known
     * @param start where this run began
     * @param seconds since then
     */
    static String left(long size, long start, long position, double seconds) {
        if (size <= 0) {
            return "";
        }
        double left = Math.max(0, size - position);
        return String.format(
                Locale.ROOT,
                ", %.0f %%, %s left",
                100 - 100 * left / size,
                readable(seconds * left / Math.max(1, position - start)));
    }

    /** Since the start, never 0. */
    double seconds() {
        return Math.max(1, System.nanoTime() - begin) / 1e9;
    }

    /** For example {@code 4 min 2 s}. */
    static String readable(double seconds) {
        Duration time = Duration.ofMillis(Math.round(seconds * 1000));
        if (time.toSeconds() < 10) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        String text = time.toHours() > 0 ? time.toHours() + " h " : "";
        text += time.toMinutes() > 0 ? time.toMinutesPart() + " min " : "";
        return text + time.toSecondsPart() + " s";
    }

    /** Ends the show; the bar stays on the screen as it was last. Once is enough. */
    synchronized void end() {
        if (timer.isShutdown()) {
            return;
        }
        timer.shutdownNow();
        if (bar != null) {
            show();
            bar.close();
            err.println();
        }
    }

    @Override
    public void close() {
        end();
    }
}
