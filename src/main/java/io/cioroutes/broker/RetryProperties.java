package io.cioroutes.broker;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the retry queues.
 *
 * @param delays how long a message waits at its first, second, … parking; ascending
 */
@ConfigurationProperties("cio.retry")
record RetryProperties(List<Duration> delays) {
    RetryProperties {
        // Here, so that Spring Boot reports a wrong setting as one, and not as a bean that failed.
        new RetrySteps(delays);
    }
}
