package io.cioroutes.delivery;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Asked before every call: is it still worth making? Not for deliveries whose channel is gone, since the broker has
 * given them to another consumer; not for what has waited, once the service stops; and not while the breaker is open, so
 * that waiting commands use up neither the rate nor a thread.
 */
final class CallGate implements Processor {

    private final Apis apis;
    private final InFlight inFlight;

    CallGate(Apis apis, InFlight inFlight) {
        this.apis = apis;
        this.inFlight = inFlight;
    }

    @Override
    public void process(Exchange exchange) {
        ApiRequest request = ApiRequest.of(exchange);
        for (Command command : request.commands()) {
            Delivery delivery = command.delivery();
            if (delivery.isWaiting() && inFlight.isDraining()) {
                delivery.abandon();
            }
            delivery.waiting(false);
        }
        request.dropClosed();
        if (request.size() == 0) {
            exchange.setRouteStop(true);
            return;
        }
        CircuitBreaker breaker = apis.of(request).breaker();
        if (breaker.getState() == CircuitBreaker.State.OPEN || breaker.getState() == CircuitBreaker.State.FORCED_OPEN) {
            throw CallNotPermittedException.createCallNotPermittedException(breaker);
        }
    }
}
