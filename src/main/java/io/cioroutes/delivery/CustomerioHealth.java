package io.cioroutes.delivery;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/**
 * Health of Customer.io as this service sees it: DOWN with the cause when it refuses the service's settings,
 * OUT_OF_SERVICE while a circuit breaker is open. In both cases consumption pauses and nothing is lost.
 */
final class CustomerioHealth extends AbstractHealthIndicator {

    private final Apis apis;

    CustomerioHealth(Apis apis) {
        super("the health of Customer.io could not be told");
        this.apis = apis;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.status(worst(status(apis.track()), status(apis.app())))
                .withDetail("track", detail(apis.track()))
                .withDetail("app", detail(apis.app()));
    }

    private static Status status(Api api) {
        if (api.misconfiguration() != null) {
            return Status.DOWN;
        }
        return api.breaker().getState() == CircuitBreaker.State.CLOSED ? Status.UP : Status.OUT_OF_SERVICE;
    }

    private static Status worst(Status a, Status b) {
        if (a == Status.DOWN || b == Status.DOWN) {
            return Status.DOWN;
        }
        return a == Status.UP ? b : a;
    }

    private static String detail(Api api) {
        String misconfiguration = api.misconfiguration();
        if (misconfiguration != null) {
            return api.name() + " " + misconfiguration + "; consumption pauses until this is corrected";
        }
        return switch (api.breaker().getState()) {
            case CLOSED -> "calls go through";
            case HALF_OPEN -> "trying whether it is back; consumption pauses";
            default -> "circuit breaker open after failed calls; consumption pauses until calls succeed again";
        };
    }
}
