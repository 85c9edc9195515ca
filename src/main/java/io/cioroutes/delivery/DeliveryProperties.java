package io.cioroutes.delivery;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How a command is delivered; the defaults and their sources stand in {@code application.yaml}.
 *
 * @param attempts calls in quick succession before a message is parked
 * @param firstDelay wait after the first failed attempt; doubles with each further one
 * @param maxRetryAfter a longer {@code Retry-After} parks the message at once
 * @param giveUpAfter how long after its first failure a message is given up
 * @param holdDelay how often a held message asks whether Customer.io is back
 * @param holdLimit how long a message is held at most; less than the broker's {@code consumer_timeout}
 * @param confirmTimeout how long to wait for the broker's confirm of a copy
 * @param replyTimeout how long to wait for the broker's confirm of a reply
 * @param drainTimeout how long a stop waits for calls that are under way
 * @param batchOperations operations in a Track batch at most
 * @param batchBytes bytes in a Track batch from which on it is sent
 */
@ConfigurationProperties("cio.delivery")
public record DeliveryProperties(
        int attempts,
        Duration firstDelay,
        Duration maxRetryAfter,
        Duration giveUpAfter,
        Duration holdDelay,
        Duration holdLimit,
        Duration confirmTimeout,
        Duration replyTimeout,
        Duration drainTimeout,
        int batchOperations,
        int batchBytes) {}
