package io.cioroutes.broker;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the topology.
 *
 * @param deliveryLimit how often a command may come back unanswered before RabbitMQ dead-letters it
 * @param declareInterval time between two attempts to declare the topology while the broker cannot be reached
 */
@ConfigurationProperties("cio.broker")
record BrokerProperties(int deliveryLimit, Duration declareInterval) {
    BrokerProperties {
        if (deliveryLimit < 1) {
            throw new IllegalArgumentException("cio.broker.delivery-limit must be 1 or more, but is " + deliveryLimit);
        }
        if (declareInterval == null || declareInterval.isNegative() || declareInterval.isZero()) {
            throw new IllegalArgumentException(
                    "cio.broker.declare-interval must be longer than nothing, but is " + declareInterval);
        }
    }
}
