package io.cioroutes.delivery;

import io.cioroutes.broker.Topology;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;

/**
 * Comes before a copy that the broker did not take is published again: says so, and declares all queues anew, since the
 * one it goes to may have been deleted. Thousands of copies may fail together, so it does this once in a while.
 */
final class RepeatCopy implements Processor {

    private static final Logger log = LoggerFactory.getLogger(RepeatCopy.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Topology topology;
    private final AtomicLong last = new AtomicLong(System.nanoTime() - INTERVAL.toNanos());

    RepeatCopy(Topology topology) {
        this.topology = topology;
    }

    @Override
    public void process(Exchange exchange) {
        long now = System.nanoTime();
        long before = last.get();
        if (now - before < INTERVAL.toNanos() || !last.compareAndSet(before, now)) {
            return;
        }
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        log.warn(
                "The broker does not take copies for retry or dead-letter queues ({}). Each is published again until it"
                        + " does; its original stays unacknowledged.",
                cause == null ? "unknown" : cause.getMessage());
        try {
            topology.declareAgain();
        } catch (AmqpException e) {
            log.debug("The queues could not be declared anew", e);
        }
    }
}
