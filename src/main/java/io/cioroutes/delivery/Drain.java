package io.cioroutes.delivery;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * The first thing a stop does: nothing new is begun, calls under way may finish and be acknowledged while the channels
 * are still open. What is left after that, or waits for its next attempt, goes back to its queue when the channels close.
 */
final class Drain implements ApplicationListener<ContextClosedEvent>, PriorityOrdered {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final Duration CHECK = Duration.ofMillis(20);

    private final InFlight inFlight;
    private final Duration timeout;

    Drain(InFlight inFlight, Duration timeout) {
        this.inFlight = inFlight;
        this.timeout = timeout;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (inFlight.isDraining()) {
            return;
        }
        inFlight.drain();
        long deadline = System.nanoTime() + timeout.toNanos();
        int before = inFlight.size();
        while (inFlight.isBusy() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(CHECK.toNanos());
        }
        if (before > 0) {
            log.info(
                    "Stopping: {} commands finished, {} go back to their queues",
                    before - inFlight.size(),
                    inFlight.size());
        }
    }
}
