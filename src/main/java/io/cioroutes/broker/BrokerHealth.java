package io.cioroutes.broker;

import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** Whether there is a connection to the broker, or one can be made: UP with what it is, else DOWN with the cause. */
final class BrokerHealth extends AbstractHealthIndicator {

    private final ConnectionFactory connections;
    private final BrokerStatus status;

    BrokerHealth(ConnectionFactory connections, BrokerStatus status) {
        super("the health of the broker could not be told");
        this.connections = connections;
        this.status = status;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        try {
            boolean open = connections.createConnection().isOpen();
            builder.status(open ? "UP" : "DOWN")
                    .withDetail("broker", status.info().toString());
        } catch (AmqpException e) {
            BrokerInfo info = status.info();
            builder.down()
                    .withDetail(
                            "cause",
                            "The broker at " + info.host() + ":" + info.port()
                                    + " cannot be reached or refuses the service (" + rootMessage(e)
                                    + "). Commands wait at their publishers or in its queues, webhooks are answered 503;"
                                    + " the service connects by itself when it can.");
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
