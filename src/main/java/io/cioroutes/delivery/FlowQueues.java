package io.cioroutes.delivery;

import io.cioroutes.broker.FlowTopology;
import io.cioroutes.broker.Topology;
import java.util.Collection;
import org.apache.camel.Route;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;

/**
 * Sees to it that a flow finds its queues: before a route of the error handling {@value #OUTCOMES} consumes, its queue has
 * a dead-letter queue and a way home from the retry queues.
 */
final class FlowQueues extends LifecycleStrategySupport {

    private static final Logger log = LoggerFactory.getLogger(FlowQueues.class);
    private static final String OUTCOMES = "outcomes";

    private final FlowTopology flows;
    private final Topology topology;

    FlowQueues(FlowTopology flows, Topology topology) {
        this.flows = flows;
        this.topology = topology;
    }

    @Override
    public void onRoutesAdd(Collection<Route> routes) {
        boolean added = false;
        for (Route route : routes) {
            if (OUTCOMES.equals(route.getConfigurationId())
                    && route.getEndpoint() instanceof SpringRabbitMQEndpoint endpoint
                    && endpoint.getQueues() != null) {
                for (String queue : endpoint.getQueues().strip().split("\\s*,\\s*")) {
                    // A command's queue is declared with the commands.
                    added |= !queue.startsWith("cio.") && flows.add(queue);
                }
            }
        }
        if (added) {
            try {
                topology.declareAgain();
            } catch (AmqpException e) {
                log.debug("The queues of a new flow are declared when the broker is back", e);
            }
        }
    }
}
