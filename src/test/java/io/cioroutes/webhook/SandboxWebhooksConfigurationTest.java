package io.cioroutes.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

/** Where the sandbox sends webhooks, and where it must not: what it makes up would be stored as a real result. */
class SandboxWebhooksConfigurationTest {
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(WebhookProperties.class)
    static class Keys {}

    /** The settings as shipped; a sandbox and a key are there, so that the profile alone decides. */
    private final WebApplicationContextRunner service = new WebApplicationContextRunner()
            .withInitializer(new ConfigDataApplicationContextInitializer())
            .withBean(
                    SandboxServer.class,
                    () -> SandboxServer.start(SandboxOptions.defaults().withPort(0)))
            .withUserConfiguration(Keys.class, SandboxWebhooksConfiguration.class)
            .withPropertyValues("cio.webhook.signing-keys=key");

    @Test
    void areSentInTheLocalProfile() {
        service.withPropertyValues("spring.profiles.active=local")
                .run(context -> assertThat(context).hasSingleBean(SandboxWebhooks.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prod", "local,prod"})
    void areNeverSentInTheProdProfile(String profiles) {
        service.withPropertyValues("spring.profiles.active=" + profiles, "cio.sandbox.webhooks.enabled=true")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SandboxWebhooks.class));
    }

    @Test
    void areNotSentWhereTheyAreSwitchedOff() {
        service.withPropertyValues("spring.profiles.active=local", "cio.sandbox.webhooks.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SandboxWebhooks.class));
    }
}
