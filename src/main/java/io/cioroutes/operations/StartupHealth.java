package io.cioroutes.operations;

import io.cioroutes.broker.BrokerStatus;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;

/**
 * Whether this instance has begun its work once: it reached the broker, found or made its queues, and its consumers ran.
 * OUT_OF_SERVICE until then, UP ever after, whatever happens: a roll-out stops at an instance that cannot work, and an
 * outage takes none out of service.
 */
final class StartupHealth extends AbstractHealthIndicator {

    private final BrokerStatus broker;
    private final HealthIndicator consumers;
    private volatile boolean begun;

    StartupHealth(BrokerStatus broker, HealthIndicator consumers) {
        super("the health of the start could not be told");
        this.broker = broker;
        this.consumers = consumers;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        if (begun) {
            builder.up();
            return;
        }
        Health now = consumers.health();
        begun = broker.topologyDeclared() && now.getStatus().equals(Status.UP);
        builder.status(begun ? Status.UP : Status.OUT_OF_SERVICE);
        if (!begun) {
            builder.withDetail("cause", broker.problem().orElse("The consumers have not begun yet."))
                    .withDetails(now.getDetails());
        }
    }
}
