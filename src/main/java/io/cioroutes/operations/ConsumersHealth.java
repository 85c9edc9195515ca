package io.cioroutes.operations;

import io.cioroutes.broker.Consumers;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/**
 * Whether the routes of this instance's roles run, and the broker delivers to those that consume. OUT_OF_SERVICE when a
 * person has paused or stopped one, DOWN when the broker does not deliver; each with its cause.
 */
final class ConsumersHealth extends AbstractHealthIndicator {

    private final CamelContext camel;
    private final Consumers consumers;
    private final Pauses pauses;

    ConsumersHealth(CamelContext camel, Consumers consumers, Pauses pauses) {
        super("the health of the consumers could not be told");
        this.camel = camel;
        this.consumers = consumers;
        this.pauses = pauses;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Map<String, String> problems = new TreeMap<>();
        Status worst = Status.UP;
        int consuming = 0;
        for (Route route : camel.getRoutes()) {
            if (!route.isAutoStartup()) {
                // Another role's.
                continue;
            }
            ServiceStatus status = camel.getRouteController().getRouteStatus(route.getRouteId());
            Optional<String> problem = Optional.empty();
            if (status == null || !status.isStarted()) {
                problem = Optional.of(pauses.note(route.getRouteId())
                        .orElse("its route is "
                                + (status == null ? "gone" : status.name().toLowerCase())
                                + ", by hand or because it could not start; start it in Hawtio"));
                worst = worst == Status.DOWN ? worst : Status.OUT_OF_SERVICE;
            } else if (route.getEndpoint() instanceof SpringRabbitMQEndpoint endpoint) {
                problem = consumers
                        .problem(endpoint.getQueues())
                        .map(cause -> "nothing comes from " + endpoint.getQueues() + ": " + cause
                                + "; it is tried again by itself");
                worst = problem.isPresent() ? Status.DOWN : worst;
                consuming += problem.isPresent() ? 0 : 1;
            }
            problem.ifPresent(cause -> problems.put(route.getRouteId(), cause));
        }
        builder.status(worst).withDetail("consuming", consuming).withDetails(problems);
    }
}
