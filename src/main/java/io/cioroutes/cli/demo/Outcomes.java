package io.cioroutes.cli.demo;

import io.cioroutes.command.CommandType;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What became of commands since this was made, by the service's own meters: {@code cio.commands} and the calls of the
 * circuit breakers.
 */
final class Outcomes {
    /** Not the end of a command: it comes back from its retry queue. */
    private static final String PARKED = "parked";

    private static final Set<String> DELIVERED = Set.of("delivered", "repeated");

    private final MeterRegistry registry;
    private final Map<String, Long> before;
    private final Map<String, Long> requestsBefore = new TreeMap<>();

    Outcomes(MeterRegistry registry) {
        this.registry = registry;
        this.before = counts();
        requestsBefore.put("track", requestsMade("track"));
        requestsBefore.put("app", requestsMade("app"));
    }

    private Stream<Timer> timers() {
        return registry.find("cio.commands").timers().stream();
    }

    private Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        timers().forEach(timer -> counts.put(key(timer), timer.count()));
        return counts;
    }

    private static String key(Timer timer) {
        return timer.getId().getTag("command") + " " + timer.getId().getTag("outcome");
    }

    private long since(Timer timer) {
        return timer.count() - before.getOrDefault(key(timer), 0L);
    }

    private long sum(Set<String> outcomes, boolean included) {
        return timers().filter(timer -> outcomes.contains(timer.getId().getTag("outcome")) == included)
                .mapToLong(this::since)
                .sum();
    }

    /** Commands delivered. */
    long delivered() {
        return sum(DELIVERED, true);
    }

    /** Commands dead-lettered. */
    long deadLettered() {
        return sum(Set.of("delivered", "repeated", PARKED), false);
    }

    /** Commands put into a retry queue, each time counted. */
    long parked() {
        return sum(Set.of(PARKED), true);
    }

    /** Commands of this type by outcome, {@code parked} left out and repeated sends counted as delivered. */
    Map<String, Long> of(CommandType command) {
        Map<String, Long> outcomes = new TreeMap<>();
        timers().filter(timer -> command.routingKey().equals(timer.getId().getTag("command")))
                .forEach(timer -> {
                    String outcome = timer.getId().getTag("outcome");
                    if (!PARKED.equals(outcome) && since(timer) > 0) {
                        outcomes.merge(DELIVERED.contains(outcome) ? "delivered" : outcome, since(timer), Long::sum);
                    }
                });
        return outcomes;
    }

    /** Requests made to an API: {@code track} or {@code app}. */
    long requests(String api) {
        return requestsMade(api) - requestsBefore.get(api);
    }

    private long requestsMade(String api) {
        return registry.find("resilience4j.circuitbreaker.calls").tag("name", api).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    /** From receipt to delivery, in ms: of all commands since the process began. */
    double meanMillis() {
        long count =
                timers().filter(Outcomes::isDelivery).mapToLong(Timer::count).sum();
        double total = timers().filter(Outcomes::isDelivery)
                .mapToDouble(timer -> timer.totalTime(TimeUnit.MILLISECONDS))
                .sum();
        return count == 0 ? 0 : total / count;
    }

    private static boolean isDelivery(Timer timer) {
        return "delivered".equals(timer.getId().getTag("outcome"));
    }
}
