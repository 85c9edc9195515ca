package io.cioroutes.operations;

import io.cioroutes.delivery.Api;
import io.cioroutes.delivery.Apis;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedOperationParameter;
import org.springframework.jmx.export.annotation.ManagedResource;

/** The circuit breakers of Customer.io's two APIs as an MBean. */
@ManagedResource(
        objectName = "io.cioroutes:type=CircuitBreakers",
        description = "Whether calls to Customer.io go through: one circuit breaker for each of its two APIs")
public class BreakerOperations {

    private static final Logger log = LoggerFactory.getLogger(BreakerOperations.class);
    private static final String API = "track or app";

    private final Map<String, Api> apis;

    BreakerOperations(Apis apis) {
        this.apis = Map.of("track", apis.track(), "app", apis.app());
    }

    private record State(
            String api, String state, float failureRate, int calls, long refusedCalls, String misconfiguration) {}

    /** State of the Track API's breaker. */
    @ManagedAttribute(description = "State of the Track API's breaker: CLOSED lets calls through")
    public String getTrackState() {
        return apis.get("track").breaker().getState().name();
    }

    /** State of the App API's breaker. */
    @ManagedAttribute(description = "State of the App API's breaker: CLOSED lets calls through")
    public String getAppState() {
        return apis.get("app").breaker().getState().name();
    }

    /** Both breakers. */
    @ManagedOperation(
            description = "Shows both breakers: state, failure rate in percent (-1: too few calls), last calls")
    public String list() {
        return Json.text(List.of(state("track"), state("app")));
    }

    /** Opens a breaker until it is closed by hand. */
    @ManagedOperation(description = "Lets no call through until it is closed by hand; commands wait, none is lost")
    @ManagedOperationParameter(name = "api", description = API)
    public String forceOpen(String api) {
        return change(api, "forced open", CircuitBreaker::transitionToForcedOpenState);
    }

    /** Closes a breaker. */
    @ManagedOperation(description = "Lets calls through; opens again by itself when they fail")
    @ManagedOperationParameter(name = "api", description = API)
    public String close(String api) {
        return change(api, "closed", CircuitBreaker::transitionToClosedState);
    }

    /** Closes a breaker and forgets the calls so far. */
    @ManagedOperation(description = "Lets calls through, and forgets those counted so far")
    @ManagedOperationParameter(name = "api", description = API)
    public String reset(String api) {
        return change(api, "reset", CircuitBreaker::reset);
    }

    private String change(String api, String what, Consumer<CircuitBreaker> change) {
        change.accept(named(api).breaker());
        log.info("{}: circuit breaker {} by {}", named(api).name(), what, Users.current());
        return Json.text(state(api.strip()));
    }

    private State state(String name) {
        Api api = named(name);
        CircuitBreaker breaker = api.breaker();
        CircuitBreaker.Metrics metrics = breaker.getMetrics();
        return new State(
                name,
                breaker.getState().name(),
                metrics.getFailureRate(),
                metrics.getNumberOfBufferedCalls(),
                metrics.getNumberOfNotPermittedCalls(),
                api.misconfiguration());
    }

    private Api named(String name) {
        Api api = apis.get(name == null ? "" : name.strip());
        if (api == null) {
            throw new IllegalArgumentException("There is no API '" + name + "': it must be " + API);
        }
        return api;
    }
}
