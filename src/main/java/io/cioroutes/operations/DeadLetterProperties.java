package io.cioroutes.operations;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How dead letters are worked on; the defaults and their sources stand in {@code application.yaml}.
 *
 * @param patience how long an operation waits for another one on the same queue
 * @param timeLimit after so long an operation stops where it is
 * @param pipeline replayed messages whose confirms are awaited together
 */
@ConfigurationProperties("cio.dead-letters")
record DeadLetterProperties(Duration patience, Duration timeLimit, int pipeline) {}
