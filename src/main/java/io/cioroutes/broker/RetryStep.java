package io.cioroutes.broker;

import java.time.Duration;

/**
 * One rung of the retry ladder: a fanout exchange with a queue of the same name, in which a message waits.
 *
 * @param delay how long a message waits before it returns to its command queue
 * @param exchange the exchange to publish to, with the command as routing key: that key brings the message home
 */
public record RetryStep(Duration delay, String exchange) {
    static RetryStep of(Duration delay) {
        return new RetryStep(delay, "cio.retry." + text(delay));
    }

    /** The delay as one number with the largest unit that divides it: 90 s is {@code 90s}, 120 s is {@code 2m}. */
    private static String text(Duration delay) {
        long millis = delay.toMillis();
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        if (millis % 60_000 != 0) {
            return millis / 1_000 + "s";
        }
        if (millis % 3_600_000 != 0) {
            return millis / 60_000 + "m";
        }
        return millis / 3_600_000 + "h";
    }
}
