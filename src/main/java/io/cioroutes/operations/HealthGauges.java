package io.cioroutes.operations;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * The parts of the health as gauges {@code cio.health}, 1 for UP and 0 for anything else, looked at now and then: a
 * scrape must not wait for a broker that does not answer. {@code readiness} is the group of that name.
 */
final class HealthGauges {

    private static final String READINESS = "readiness";
    private static final String STARTUP = "startup";
    private static final List<String> COMPONENTS =
            List.of("broker", "topology", "consumers", "customerio", "credentials", "store", STARTUP);

    private final Map<String, HealthIndicator> indicators = new TreeMap<>();
    private final Map<String, AtomicInteger> values = new TreeMap<>();
    private final ApplicationAvailability availability;

    /** @param beans indicators by the name of their bean */
    HealthGauges(Map<String, HealthIndicator> beans, ApplicationAvailability availability, MeterRegistry meters) {
        this.availability = availability;
        for (String component : COMPONENTS) {
            HealthIndicator indicator = beans.get(component + "HealthIndicator");
            // Some parts are of one role only.
            if (indicator != null) {
                indicators.put(component, indicator);
            }
        }
        indicators.keySet().forEach(component -> register(component, meters));
        register(READINESS, meters);
    }

    private void register(String component, MeterRegistry meters) {
        var value = new AtomicInteger();
        values.put(component, value);
        Gauge.builder("cio.health", value, AtomicInteger::get)
                .tag("component", component)
                .description("1 while this part of the health is UP, else 0")
                .register(meters);
    }

    /** Looks at every part once. */
    @Scheduled(fixedDelayString = "${cio.observe.health-interval}")
    void look() {
        indicators.forEach((component, indicator) ->
                set(component, indicator.getHealth(false).getStatus().equals(Status.UP)));
        set(
                READINESS,
                availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC
                        && values.get(STARTUP).get() == 1);
    }

    private void set(String component, boolean up) {
        values.get(component).set(up ? 1 : 0);
    }
}
