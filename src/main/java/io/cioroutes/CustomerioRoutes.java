package io.cioroutes;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;

/** Entry point of the service. */
// No DataSource of Spring's own: one would come up by itself, for the embedded broker's Derby.
@SpringBootApplication(exclude = DataSourceAutoConfiguration.class)
public class CustomerioRoutes {
    /** Starts the service with Spring Boot's own arguments ({@code --server.port=…} and the like). */
    public static void main(String[] args) {
        SpringApplication.run(CustomerioRoutes.class, args);
    }
}
