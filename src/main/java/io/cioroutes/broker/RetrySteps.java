package io.cioroutes.broker;

import java.time.Duration;
import java.util.List;

/** The retry ladder: every {@link RetryStep}, shortest delay first. */
public final class RetrySteps {
    /** RabbitMQ takes a queue's TTL as milliseconds below 2^32. */
    private static final Duration LONGEST = Duration.ofMillis(0xFFFF_FFFFL);

    private final List<RetryStep> steps;

    /**
     * Builds the ladder.
     *
     * @param delays at least one, each longer than the one before, at most 49 days
     * @throws IllegalArgumentException if the delays are not as said, naming the property to change
     */
    public RetrySteps(List<Duration> delays) {
        if (delays == null || delays.isEmpty()) {
            throw new IllegalArgumentException("cio.retry.delays must name at least one delay, such as 30s");
        }
        Duration before = Duration.ZERO;
        for (Duration delay : delays) {
            if (delay.compareTo(before) <= 0 || delay.toMillis() == 0 || delay.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "cio.retry.delays must ascend, from 1 ms to at most 49 days, but are " + delays);
            }
            before = delay;
        }
        steps = delays.stream().map(RetryStep::of).toList();
    }

    /** Every step, shortest delay first. */
    public List<RetryStep> all() {
        return steps;
    }

    /**
     * The step for a message that is parked.
     *
     * @param parking 1 when the message is parked for the first time, 2 for the second, …
     * @return the step of that number; the last one from there on
     */
    public RetryStep forParking(int parking) {
        if (parking < 1) {
            throw new IllegalArgumentException("parkings count from 1, but got " + parking);
        }
        return steps.get(Math.min(parking, steps.size()) - 1);
    }

    /**
     * The shortest step that waits long enough.
     *
     * @param wait how long to wait, for example what a {@code Retry-After} header asks for
     * @return the first step with at least that delay; the longest there is if none waits that long
     */
    public RetryStep atLeast(Duration wait) {
        return steps.stream()
                .filter(step -> step.delay().compareTo(wait) >= 0)
                .findFirst()
                .orElse(steps.get(steps.size() - 1));
    }
}
