package io.cioroutes.webhook;

import io.cioroutes.sandbox.SandboxServer;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** The sandbox's webhooks: in the local profile alone, with a sandbox and the role webhooks in the same process. */
@Configuration(proxyBeanMethods = false)
@Profile("local & !prod")
@ConditionalOnWebApplication
@ConditionalOnProperty(name = "cio.role.webhooks", havingValue = "true", matchIfMissing = true)
@ConditionalOnProperty(name = "cio.sandbox.webhooks.enabled", havingValue = "true")
@Conditional(SandboxWebhooksConfiguration.WithSandbox.class)
@EnableConfigurationProperties(SandboxWebhookProperties.class)
class SandboxWebhooksConfiguration {
    @Bean
    SandboxWebhooks sandboxWebhooks(
            SandboxServer sandbox,
            SandboxWebhookProperties options,
            WebhookProperties properties,
            Environment environment) {
        return new SandboxWebhooks(
                sandbox,
                options,
                WebhookConfiguration.signingKeys(properties, environment).get(0),
                environment);
    }

    /** The sandbox is there before any bean is defined. */
    static class WithSandbox implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return context.getBeanFactory().getBeanNamesForType(SandboxServer.class, false, false).length > 0;
        }
    }
}
