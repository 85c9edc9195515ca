package io.cioroutes.doctor;

import io.cioroutes.analytics.BigQueryCheck;
import io.cioroutes.broker.BrokerCheck;
import io.cioroutes.settings.SettingsFindings;
import io.cioroutes.webhook.WebhookKeysCheck;
import java.time.Duration;
import java.util.List;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** The checks: the same in the service and in {@code ./cio doctor}. */
@Configuration(proxyBeanMethods = false)
public class DoctorConfiguration {

    @Bean
    Doctor doctor(
            ConfigurableEnvironment environment,
            ObjectProvider<ConnectionFactory> connections,
            ListableBeanFactory beans,
            @Value("${cio.doctor.timeout}") Duration timeout) {
        return new Doctor(
                List.of(
                        new SettingsFindings(environment),
                        new BrokerCheck(environment, connections, beans),
                        new CustomerioCheck(environment),
                        new WebhookKeysCheck(environment),
                        new BigQueryCheck(environment)),
                timeout);
    }

    @Bean
    DoctorEndpoint doctorEndpoint(Doctor doctor) {
        return new DoctorEndpoint(doctor);
    }
}
