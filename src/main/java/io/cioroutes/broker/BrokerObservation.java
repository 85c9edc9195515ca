package io.cioroutes.broker;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators see of the broker: its health, and how full its queues are. */
@Configuration(proxyBeanMethods = false)
class BrokerObservation {
    @Bean
    QueueWatch queueWatch(ConnectionFactory connections, List<Declarables> topology, MeterRegistry meters) {
        return new QueueWatch(connections, topology, meters);
    }

    @Bean
    BrokerHealth brokerHealthIndicator(ConnectionFactory connections, BrokerStatus status) {
        return new BrokerHealth(connections, status);
    }

    @Bean
    TopologyHealth topologyHealthIndicator(BrokerStatus status, QueueWatch watch) {
        return new TopologyHealth(status, watch);
    }
}
