package io.cioroutes;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Entry point of the service. */
@SpringBootApplication
public class CustomerioRoutes {
    /** Starts the service with Spring Boot's own arguments ({@code --server.port=…} and the like). */
    public static void main(String[] args) {
        SpringApplication.run(CustomerioRoutes.class, args);
    }
}
