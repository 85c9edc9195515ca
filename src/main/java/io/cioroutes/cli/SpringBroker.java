package io.cioroutes.cli;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.ConnectionFactory;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.springframework.boot.autoconfigure.amqp.RabbitProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Reads {@code SPRING_RABBITMQ_*} with Spring's own classes, so that service and commands understand them alike. */
final class SpringBroker {
    private SpringBroker() {}

    /** What the environment says. */
    static RabbitProperties read(Map<String, String> environment) {
        return new Binder(ConfigurationPropertySource.from(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new HashMap<>(environment))))
                .bindOrCreate("spring.rabbitmq", Bindable.of(RabbitProperties.class));
    }

    /** Sets user, password, virtual host and TLS; returns the addresses. */
    static List<Address> configure(ConnectionFactory factory, RabbitProperties properties) {
        factory.setUsername(properties.determineUsername());
        factory.setPassword(properties.determinePassword());
        String virtualHost = properties.determineVirtualHost();
        if (virtualHost != null) {
            factory.setVirtualHost(virtualHost);
        }
        if (properties.getSsl().determineEnabled()) {
            try {
                factory.useSslProtocol(SSLContext.getDefault());
                factory.enableHostnameVerification();
            } catch (NoSuchAlgorithmException e) {
                throw CliException.usage("TLS is not available: " + CliException.text(e), e);
            }
        }
        return properties.determineAddresses().stream()
                .map(Address::parseAddress)
                .toList();
    }
}
