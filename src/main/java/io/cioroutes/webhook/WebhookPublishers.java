package io.cioroutes.webhook;

import io.cioroutes.delivery.ConfirmedPublisher;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * What this package publishes with, apart from everybody else's, so that a flood of webhooks starves nothing else, and
 * the routing of those that are stored does not hold up those that come in.
 */
final class WebhookPublishers implements AutoCloseable {
    private final ConfirmedPublisher intake;
    private final ConfirmedPublisher routing;
    /** Not a bean: any executor bean would replace Spring Boot's own. */
    private final ExecutorService threads = Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(), new CustomizableThreadFactory("webhook-routing-"));

    WebhookPublishers(ConnectionFactory connections, WebhookProperties properties) {
        // Whoever waits for a confirm has a thread of his own to wait on and to go on with.
        intake = new ConfirmedPublisher(connections, "webhooks", properties.confirmTimeout(), Runnable::run);
        routing = new ConfirmedPublisher(connections, "events", properties.publishTimeout(), Runnable::run);
    }

    /** For webhooks that wait for their answer; what follows a confirm runs where the connection is read. */
    ConfirmedPublisher intake() {
        return intake;
    }

    /** For events; likewise. */
    ConfirmedPublisher routing() {
        return routing;
    }

    /** Continues routing when the broker has confirmed. */
    ExecutorService threads() {
        return threads;
    }

    @Override
    public void close() {
        intake.close();
        routing.close();
        threads.shutdown();
    }
}
