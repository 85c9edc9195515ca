package io.cioroutes.cli;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.ConnectionFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.amqp.rabbit.connection.RabbitConnectionFactoryBean;
import org.springframework.boot.autoconfigure.amqp.RabbitConnectionFactoryBeanConfigurer;
import org.springframework.boot.autoconfigure.amqp.RabbitProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.DefaultResourceLoader;

/** Reads {@code SPRING_RABBITMQ_*} with Spring's own classes, so that service and commands understand them alike. */
final class SpringBroker {
    private SpringBroker() {}

    /** What the environment says. */
    static RabbitProperties read(Map<String, String> environment) {
        return new Binder(ConfigurationPropertySource.from(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new HashMap<>(environment))))
                .bindOrCreate("spring.rabbitmq", Bindable.of(RabbitProperties.class));
    }

    /** User, password, virtual host and TLS with its trust and key stores, as the service would have them. */
    static ConnectionFactory factory(RabbitProperties properties) {
        RabbitConnectionFactoryBean factory = new RabbitConnectionFactoryBean();
        new RabbitConnectionFactoryBeanConfigurer(new DefaultResourceLoader(), properties).configure(factory);
        try {
            factory.afterPropertiesSet();
            return factory.getObject();
        } catch (Exception e) {
            throw CliException.usage(
                    "The settings SPRING_RABBITMQ_SSL_* cannot be used: " + CliException.text(e) + ".", e);
        }
    }

    /** Where the broker's nodes are. */
    static List<Address> addresses(RabbitProperties properties) {
        return properties.determineAddresses().stream()
                .map(Address::parseAddress)
                .toList();
    }
}
