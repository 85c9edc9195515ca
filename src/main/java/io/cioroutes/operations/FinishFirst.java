package io.cioroutes.operations;

import io.cioroutes.delivery.InFlight;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.apache.camel.impl.engine.DefaultShutdownStrategy;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.spi.ShutdownStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops or suspends a command's route, by whatever button, only after the commands that it has begun are settled. Camel's
 * own way closes the channel at once, and the broker would deliver again what is being sent at that moment.
 */
final class FinishFirst extends DefaultShutdownStrategy {

    private static final Logger log = LoggerFactory.getLogger(FinishFirst.class);
    private static final Duration CHECK = Duration.ofMillis(20);

    private final InFlight inFlight;
    private final Duration timeout;

    /**
     * Takes the place of the context's strategy, with its settings.
     *
     * @param timeout after so long a route stops all the same; what is not settled then is delivered again
     */
    FinishFirst(CamelContext context, InFlight inFlight, Duration timeout) {
        super(context);
        this.inFlight = inFlight;
        this.timeout = timeout;
        ShutdownStrategy replaced = context.getShutdownStrategy();
        setTimeout(replaced.getTimeout());
        setTimeUnit(replaced.getTimeUnit());
        setShutdownNowOnTimeout(replaced.isShutdownNowOnTimeout());
        setShutdownRoutesInReverseOrder(replaced.isShutdownRoutesInReverseOrder());
        setSuppressLoggingOnTimeout(replaced.isSuppressLoggingOnTimeout());
        setLogInflightExchangesOnTimeout(replaced.isLogInflightExchangesOnTimeout());
    }

    @Override
    protected boolean doShutdown(
            CamelContext context,
            List<RouteStartupOrder> routes,
            long routeTimeout,
            TimeUnit unit,
            boolean suspendOnly,
            boolean abortAfterTimeout,
            boolean forceShutdown)
            throws Exception {
        List<String> queues =
                routes.stream().flatMap(route -> queues(route.getRoute())).toList();
        queues.forEach(inFlight::holdBack);
        try {
            finish(queues);
            return super.doShutdown(context, routes, routeTimeout, unit, suspendOnly, abortAfterTimeout, forceShutdown);
        } finally {
            // The consumer is gone by now; the next one begins as usual.
            queues.forEach(inFlight::release);
        }
    }

    /** The queues that a route consumes from. */
    static Stream<String> queues(Route route) {
        return route.getEndpoint() instanceof SpringRabbitMQEndpoint endpoint && endpoint.getQueues() != null
                ? Arrays.stream(endpoint.getQueues().split(",")).map(String::strip)
                : Stream.empty();
    }

    private void finish(List<String> queues) {
        long deadline = System.nanoTime() + timeout.toNanos();
        // When the service stops, the calls under way have had their time before.
        while (!inFlight.isDraining() && left(queues) > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(CHECK.toNanos());
        }
        int left = left(queues);
        if (left > 0 && !inFlight.isDraining()) {
            log.warn(
                    "{} commands of {} were not settled within {}: they go back to their queues",
                    left,
                    queues,
                    timeout);
        }
    }

    private int left(List<String> queues) {
        return queues.stream().mapToInt(inFlight::size).sum();
    }
}
