package io.cioroutes.webhook;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The {@code cio.sandbox.webhooks} settings. Defaults, units and reasons stand in {@code application.yaml}. */
@ConfigurationProperties("cio.sandbox.webhooks")
record SandboxWebhookProperties(
        boolean enabled,
        Duration pace,
        long seed,
        int rate,
        int busyRate,
        int busyFrom,
        int senders,
        int maxOpen,
        int maxWaiting) {}
