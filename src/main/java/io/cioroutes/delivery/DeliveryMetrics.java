package io.cioroutes.delivery;

import io.cioroutes.command.CommandType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Counts what becomes of commands; docs/metrics.md names every meter. Meters are looked up once and then kept, so
 * that a message costs a few additions. Counters that alerts watch exist from the start: Prometheus sees no increase in a
 * series that begins at 1. A flow's begin with its first message.
 */
final class DeliveryMetrics {

    /** What becomes of a command, in the order of {@link Failure.Reason} at the end. */
    private enum Outcome {
        DELIVERED,
        PARKED,
        /** A send that was made before. */
        REPEATED,
        /** A flow had nothing to do. */
        IGNORED,
        INVALID,
        REJECTED,
        EXHAUSTED,
        AMBIGUOUS;

        private final String label = name().toLowerCase(Locale.ROOT);

        static Outcome of(Failure.Reason reason) {
            return switch (reason) {
                case INVALID -> INVALID;
                case REJECTED -> REJECTED;
                case EXHAUSTED -> EXHAUSTED;
                case AMBIGUOUS -> AMBIGUOUS;
            };
        }
    }

    private static final int OUTCOMES = Outcome.values().length;

    private final MeterRegistry registry;
    private final Clock clock = Clock.systemUTC();
    private final Map<String, Meters> commands = new ConcurrentHashMap<>();
    private final DistributionSummary batches;

    DeliveryMetrics(MeterRegistry registry, InFlight inFlight, Apis apis) {
        this.registry = registry;
        Gauge.builder("cio.commands.held", inFlight, InFlight::size)
                .description("Commands received and not settled")
                .register(registry);
        misconfigured("track", apis.track());
        misconfigured("app", apis.app());
        batches = DistributionSummary.builder("cio.batch.operations")
                .description("Operations in a request to the Track API")
                .register(registry);
        for (CommandType type : CommandType.values()) {
            of(type.routingKey());
        }
    }

    /** The meters of one command or flow. */
    private final class Meters {
        private final String name;
        private final AtomicReferenceArray<Timer> settled = new AtomicReferenceArray<>(OUTCOMES);
        private final AtomicReferenceArray<Timer> ages = new AtomicReferenceArray<>(OUTCOMES);
        private final Map<Failure.Reason, Counter> deadLetters = new EnumMap<>(Failure.Reason.class);
        private final Counter retries;

        Meters(String name) {
            this.name = name;
            retries = Counter.builder("cio.retries")
                    .description("Calls that failed for now and used up an attempt of a command")
                    .tag("command", name)
                    .register(registry);
            for (Failure.Reason reason : Failure.Reason.values()) {
                deadLetters.put(
                        reason,
                        Counter.builder("cio.dead.letters")
                                .description("Commands that were moved to their dead-letter queue")
                                .tag("command", name)
                                .tag("reason", reason.label())
                                .register(registry));
            }
        }

        private Timer timer(AtomicReferenceArray<Timer> timers, String meter, String description, Outcome outcome) {
            Timer timer = timers.get(outcome.ordinal());
            if (timer == null) {
                // The registry gives the same one to whoever asks first and second.
                timer = Timer.builder(meter)
                        .description(description)
                        .tag("command", name)
                        .tag("outcome", outcome.label)
                        .register(registry);
                timers.set(outcome.ordinal(), timer);
            }
            return timer;
        }
    }

    private Meters of(String name) {
        return commands.computeIfAbsent(name, Meters::new);
    }

    private void misconfigured(String name, Api api) {
        Gauge.builder("cio.api.misconfigured", api, a -> a.misconfiguration() == null ? 0 : 1)
                .description("1 while Customer.io refuses the service's credentials or region, and consumption pauses")
                .tag("api", name)
                .register(registry);
    }

    /** A request to the Track API goes out. */
    void request(ApiRequest request) {
        if (!request.isApp()) {
            batches.record(request.size());
        }
    }

    /** A call failed for now, and an attempt of this command is used up. */
    void failedForNow(Command command) {
        of(command.name()).retries.increment();
    }

    void delivered(Command command) {
        record(command, Outcome.DELIVERED);
    }

    void parked(Command command) {
        record(command, Outcome.PARKED);
    }

    /** A send that was made before. */
    void repeated(Command command) {
        record(command, Outcome.REPEATED);
    }

    void deadLettered(Command command, Failure failure) {
        record(command, Outcome.of(failure.reason()));
        of(command.name()).deadLetters.get(failure.reason()).increment();
    }

    /** A message for which a flow has nothing to do. */
    void ignored(Command command) {
        record(command, Outcome.IGNORED);
    }

    private void record(Command command, Outcome outcome) {
        Meters meters = of(command.name());
        meters.timer(meters.settled, "cio.commands", "From the receipt of a command to its settlement", outcome)
                .record(System.nanoTime() - command.delivery().receivedNanos(), TimeUnit.NANOSECONDS);
        Date published = command.delivery().properties().getTimestamp();
        if (published != null) {
            // Publishers' clocks may be ahead; the timestamp of AMQP has whole seconds.
            long millis = Math.max(0, clock.millis() - published.getTime());
            meters.timer(
                            meters.ages,
                            "cio.commands.age",
                            "From the publisher's AMQP timestamp to the settlement",
                            outcome)
                    .record(Duration.ofMillis(millis));
        }
    }
}
