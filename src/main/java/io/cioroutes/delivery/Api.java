package io.cioroutes.delivery;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of Customer.io's two APIs as this service sees it: its circuit breaker, and whether the service's own settings
 * are what it complains about.
 */
public final class Api {

    private static final Logger log = LoggerFactory.getLogger(Api.class);

    private final String name;
    private final CircuitBreaker breaker;
    private final AtomicReference<String> misconfiguration = new AtomicReference<>();
    private volatile long lastSuccess = System.nanoTime();

    /**
     * @param name as people know it: {@code Track API}, {@code App API}
     * @param breaker opens when calls fail, or when the API refuses the service's credentials or region
     */
    Api(String name, CircuitBreaker breaker) {
        this.name = name;
        this.breaker = breaker;
        breaker.getEventPublisher().onStateTransition(event -> {
            switch (event.getStateTransition()) {
                case CLOSED_TO_OPEN ->
                    log.warn("{}: circuit breaker open, consumption pauses until calls succeed again", name);
                case HALF_OPEN_TO_CLOSED -> log.info("{}: circuit breaker closed, consumption goes on", name);
                default -> log.debug("{}: circuit breaker {}", name, event.getStateTransition());
            }
        });
    }

    /** As people know it. */
    public String name() {
        return name;
    }

    /** Its circuit breaker. */
    public CircuitBreaker breaker() {
        return breaker;
    }

    /** What is wrong with the service's settings, or null. */
    public String misconfiguration() {
        return misconfiguration.get();
    }

    /** True while calls may be tried at the ordinary rate. */
    boolean isUp() {
        return breaker.getState() == CircuitBreaker.State.CLOSED;
    }

    /** The API refuses the service itself: pause at once, whatever the failure rate. */
    void misconfigured(String cause) {
        if (misconfiguration.getAndSet(cause) == null) {
            log.error("{}: {}. Consumption pauses; no message is lost or dead-lettered.", name, cause);
        }
        if (breaker.getState() == CircuitBreaker.State.CLOSED) {
            breaker.transitionToOpenState();
        }
    }

    /** The API took a request, or refused it for what it says: it works. */
    void works() {
        lastSuccess = System.nanoTime();
    }

    /** Whether it has taken a request since then, a {@link System#nanoTime()}. */
    boolean hasWorkedSince(long nanos) {
        return lastSuccess - nanos > 0;
    }

    /** The API answered a call, and did not complain about the service's settings. */
    void answered() {
        if (misconfiguration.get() != null && misconfiguration.getAndSet(null) != null) {
            log.info("{}: accepts the service's settings again", name);
        }
    }
}
