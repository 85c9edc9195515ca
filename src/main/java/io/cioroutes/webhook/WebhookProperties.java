package io.cioroutes.webhook;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/** The {@code cio.webhook} settings. Defaults, units and reasons stand in {@code application.yaml}. */
@ConfigurationProperties("cio.webhook")
public record WebhookProperties(
        List<String> signingKeys,
        Duration replayWindow,
        DataSize maxBytes,
        int concurrency,
        Duration confirmTimeout,
        Duration publishTimeout,
        Duration hold,
        int deliveryLimit) {}
