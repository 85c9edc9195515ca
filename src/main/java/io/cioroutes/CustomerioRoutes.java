package io.cioroutes;

import io.cioroutes.cli.Cli;
import org.apache.camel.spring.boot.actuate.health.CamelAvailabilityCheckAutoConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;

/** Entry point of the service and of its sub-commands. */
// No DataSource of Spring's own: one would come up by itself, for the embedded broker's Derby. No liveness and
// readiness of
// Camel's: a route that an operator stops says nothing about the process.
@SpringBootApplication(exclude = {DataSourceAutoConfiguration.class, CamelAvailabilityCheckAutoConfiguration.class})
public class CustomerioRoutes {
    /** Runs a sub-command, or starts the service with Spring Boot's own arguments ({@code --server.port=…}). */
    public static void main(String[] args) {
        if (Cli.isMeantBy(args)) {
            System.exit(Cli.run(args));
        }
        SpringApplication.run(CustomerioRoutes.class, args);
    }
}
