package io.cioroutes.broker;

import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Declares the topology on the broker that the service is connected to. */
@Configuration(proxyBeanMethods = false)
class BrokerConfiguration {
    @Bean
    TopologyDeclarer topologyDeclarer(
            ConnectionFactory connections,
            ListableBeanFactory beans,
            BrokerProperties properties,
            ObjectProvider<EmbeddedBroker> embedded) {
        return new TopologyDeclarer(connections, beans, properties, embedded.getIfAvailable() != null);
    }

    /** Camel's component takes its containers from here. */
    @Bean
    Consumers rabbitConsumers() {
        return new Consumers();
    }

    /** For asking and purging queues only: the topology is declared by {@link TopologyDeclarer}. */
    @Bean
    RabbitAdmin amqpAdmin(ConnectionFactory connections) {
        RabbitAdmin admin = new RabbitAdmin(connections);
        admin.setAutoStartup(false);
        return admin;
    }
}
