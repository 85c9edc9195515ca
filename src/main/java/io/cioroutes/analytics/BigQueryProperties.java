package io.cioroutes.analytics;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The {@code cio.bigquery} settings. Defaults, units and reasons stand in {@code application.yaml}. */
@ConfigurationProperties("cio.bigquery")
public record BigQueryProperties(
        String project, String dataset, String endpoint, Duration connectTimeout, Duration readTimeout) {}
