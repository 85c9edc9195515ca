package io.cioroutes.delivery;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * When a circuit breaker opens, and how it finds out that the API is back; one breaker for the Track API, one for the
 * App API.
 *
 * @param window calls over which the failure rate is taken
 * @param minimumCalls no opinion before so many
 * @param failureRate percent of failed calls that opens it
 * @param probeInterval how long it stays open before the next call is tried
 */
@ConfigurationProperties("cio.breaker")
record BreakerProperties(int window, int minimumCalls, float failureRate, Duration probeInterval) {}
