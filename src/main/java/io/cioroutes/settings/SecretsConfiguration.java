package io.cioroutes.settings;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Secrets from files and from Google Secret Manager, and the times at which they are read again. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class SecretsConfiguration {

    @Bean
    SecretFiles secretFiles(ConfigurableEnvironment environment) {
        return new SecretFiles(environment);
    }

    @Bean
    SecretsEndpoint secretsEndpoint(SecretFiles files) {
        return new SecretsEndpoint(files);
    }
}
