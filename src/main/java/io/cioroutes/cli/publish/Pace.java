package io.cioroutes.cli.publish;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Keeps to a number of messages a second. Time that was lost, by a broker that held back, is not made up for. */
final class Pace {
    /** What may be made up for: a wait ends late by so much at times. */
    private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final double interval;
    private final LongSupplier clock;
    private final LongConsumer sleep;
    private final long begin;
    private double due;

    /** @param rate messages a second at most */
    Pace(int rate) {
        this(rate, System::nanoTime, LockSupport::parkNanos);
    }

    Pace(int rate, LongSupplier clock, LongConsumer sleep) {
        this.interval = (double) TimeUnit.SECONDS.toNanos(1) / rate;
        this.clock = clock;
        this.sleep = sleep;
        this.begin = clock.getAsLong();
    }

    /** Waits until the next message may go. */
    void await() {
        long now = elapsed();
        while (now < due) {
            sleep.accept(Math.round(due - now) + 1);
            now = elapsed();
        }
        due = Math.max(due, now - SLACK_NANOS) + interval;
    }

    private long elapsed() {
        return clock.getAsLong() - begin;
    }
}
