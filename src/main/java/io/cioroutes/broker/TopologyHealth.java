package io.cioroutes.broker;

import java.util.List;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/**
 * Whether the broker has the exchanges, queues and bindings of the service: DOWN with what it refused, or with the
 * queues that somebody has deleted since.
 */
final class TopologyHealth extends AbstractHealthIndicator {

    private final BrokerStatus status;
    private final QueueWatch watch;

    TopologyHealth(BrokerStatus status, QueueWatch watch) {
        super("the health of the topology could not be told");
        this.status = status;
        this.watch = watch;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<String> missing = watch.missing();
        if (!status.topologyDeclared()) {
            builder.down()
                    .withDetail(
                            "cause", status.problem().orElse("Not declared yet: the broker was not reached so far."));
        } else if (!missing.isEmpty()) {
            builder.down()
                    .withDetail(
                            "cause",
                            "Deleted since they were declared: " + String.join(", ", missing)
                                    + ". A restart of the service declares them again.");
        } else {
            builder.up();
        }
    }
}
