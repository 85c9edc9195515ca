package io.cioroutes;

import io.cioroutes.cli.Cli;
import org.apache.camel.spring.boot.actuate.health.CamelAvailabilityCheckAutoConfiguration;
import org.apache.camel.spring.boot.actuate.health.CamelHealthCheckAutoConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;

/** Entry point of the service and of its sub-commands. */
// No DataSource of Spring's own: one would come up by itself, for the embedded broker's Derby. No health of Camel's: it
// is
// DOWN when an operator stops a route, and would take the process for dead; ours says who stopped what.
@SpringBootApplication(
        exclude = {
            DataSourceAutoConfiguration.class,
            CamelAvailabilityCheckAutoConfiguration.class,
            CamelHealthCheckAutoConfiguration.class
        })
public class CustomerioRoutes {
    /** Runs a sub-command, or starts the service with Spring Boot's own arguments ({@code --server.port=…}). */
    public static void main(String[] args) {
        if (Cli.isMeantBy(args)) {
            System.exit(Cli.run(args));
        }
        SpringApplication.run(CustomerioRoutes.class, args);
    }
}
