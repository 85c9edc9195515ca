package io.cioroutes.operations;

import io.cioroutes.broker.BrokerStatus;
import io.cioroutes.broker.Consumers;
import io.cioroutes.broker.FlowTopology;
import io.cioroutes.delivery.Apis;
import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.delivery.InFlight;
import io.cioroutes.delivery.Originals;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The MBeans and endpoints through which operators steer the service. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
@EnableConfigurationProperties(DeadLetterProperties.class)
class OperationsConfiguration {

    @Bean
    DeadLetterQueues deadLetterQueues(List<Declarables> topology, ConnectionFactory connections, RabbitAdmin admin) {
        return new DeadLetterQueues(topology, connections, admin);
    }

    @Bean
    DeadLetters deadLetters(
            DeadLetterQueues queues,
            ConfirmedPublisher publisher,
            Originals originals,
            DeadLetterProperties properties) {
        return new DeadLetters(queues, publisher, originals, properties);
    }

    @Bean
    DeadLetterOperations deadLetterOperations(DeadLetters letters) {
        return new DeadLetterOperations(letters);
    }

    @Bean
    DeadLettersEndpoint deadLettersEndpoint(DeadLetters letters) {
        return new DeadLettersEndpoint(letters);
    }

    /** Camel would not take these two as beans. */
    @Bean
    CamelContextConfiguration steerableRoutes(
            InFlight inFlight, @Value("${cio.commands.pause-timeout}") Duration pauseTimeout) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                context.getManagementStrategy().setManagementObjectStrategy(new ReadableRoutes());
                context.setShutdownStrategy(new FinishFirst(context, inFlight, pauseTimeout));
            }

            @Override
            public void afterApplicationStart(CamelContext context) {}
        };
    }

    @Bean
    Pauses pauses() {
        return new Pauses();
    }

    @Bean
    ConsumersHealth consumersHealthIndicator(CamelContext camel, Consumers consumers, Pauses pauses) {
        return new ConsumersHealth(camel, consumers, pauses);
    }

    @Bean
    StartupHealth startupHealthIndicator(BrokerStatus broker, ConsumersHealth consumersHealthIndicator) {
        return new StartupHealth(broker, consumersHealthIndicator);
    }

    @Bean
    HealthGauges healthGauges(
            Map<String, HealthIndicator> indicators, ApplicationAvailability availability, MeterRegistry meters) {
        return new HealthGauges(indicators, availability, meters);
    }

    @Bean
    CommandIntake commandIntake(
            CamelContext camel,
            InFlight inFlight,
            RabbitAdmin admin,
            Pauses pauses,
            FlowTopology flows,
            Environment environment) {
        return new CommandIntake(
                camel,
                inFlight,
                admin,
                pauses,
                flows,
                environment.getProperty("cio.role.commands", boolean.class, true));
    }

    @Bean
    CommandOperations commandOperations(CommandIntake intake) {
        return new CommandOperations(intake);
    }

    @Bean
    CommandsEndpoint commandsEndpoint(CommandIntake intake) {
        return new CommandsEndpoint(intake);
    }

    @Bean
    BreakerOperations breakerOperations(Apis apis) {
        return new BreakerOperations(apis);
    }
}
