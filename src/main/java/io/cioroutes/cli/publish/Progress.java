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
    private final ProgressBar bar;
    private final long begin = System.nanoTime();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long position;
    private volatile String blocked;

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
        this.bar = interactive ? bar(size, isFile, width) : null;
        long interval = interactive ? BAR_MILLIS : LINE_MILLIS;
        timer.scheduleAtFixedRate(this::show, interval, interval, TimeUnit.MILLISECONDS);
    }

    private ProgressBar bar(long max, boolean isFile, int width) {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName("")
                .setInitialMax(max)
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

    /** So much of the input was read. */
    void at(long newPosition) {
        position = newPosition;
    }

    /** The broker takes no messages for now, because of this; null: it does again. */
    void blocked(String reason) {
        blocked = reason;
    }

    private void show() {
        if (bar != null) {
            bar.stepTo(position).setExtraMessage(" " + counts());
        } else {
            err.println("  " + counts() + left());
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

    private String left() {
        if (size <= 0 || position <= 0) {
            return "";
        }
        double share = Math.min(1, (double) position / size);
        return String.format(Locale.ROOT, ", %.0f %%, %s left", 100 * share, readable(seconds() * (1 - share) / share));
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
