package io.cioroutes.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what becomes of commands: {@code cio.commands} (a timer from receipt to settlement, tags {@code command} (or flow) and
 * {@code outcome}). Outcomes are {@code delivered}, {@code parked}, {@code repeated} (a send made before), {@code ignored} (nothing to do) and the
 * reasons of dead letters. {@code cio.commands.held} is how many are under way or wait for Customer.io.
 */
final class DeliveryMetrics {

    private final MeterRegistry registry;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();

    DeliveryMetrics(MeterRegistry registry, InFlight inFlight) {
        this.registry = registry;
        Gauge.builder("cio.commands.held", inFlight, InFlight::size)
                .description("Commands received and not settled")
                .register(registry);
    }

    void delivered(Command command) {
        record(command, "delivered");
    }

    void parked(Command command) {
        record(command, "parked");
    }

    /** A send that was made before. */
    void repeated(Command command) {
        record(command, "repeated");
    }

    /** A message for which a flow has nothing to do. */
    void ignored(Command command) {
        record(command, "ignored");
    }

    void deadLettered(Command command, Failure failure) {
        record(command, failure.reason().label());
    }

    private void record(Command command, String outcome) {
        String name = command.name();
        timers.computeIfAbsent(name + ' ' + outcome, key -> Timer.builder("cio.commands")
                        .description("From the receipt of a command to its settlement")
                        .tag("command", name)
                        .tag("outcome", outcome)
                        .register(registry))
                .record(Duration.ofNanos(System.nanoTime() - command.delivery().receivedNanos()));
    }
}
