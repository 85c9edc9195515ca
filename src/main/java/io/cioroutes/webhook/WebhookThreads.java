package io.cioroutes.webhook;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads of this package, apart from everybody else's, so that a flood of webhooks starves nothing else. Not beans:
 * any executor bean would replace Spring Boot's own.
 */
final class WebhookThreads implements AutoCloseable {
    private static final long IDLE_SECONDS = 60;

    private final ThreadPoolExecutor publishing;
    private final ExecutorService routing =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), named("webhook-routing-"));

    /** @param concurrency most requests in work at a time */
    WebhookThreads(int concurrency) {
        publishing = new ThreadPoolExecutor(
                0, concurrency, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), named("webhook-publish-"));
    }

    private static CustomizableThreadFactory named(String prefix) {
        return new CustomizableThreadFactory(prefix);
    }

    /** Publishes for a request; refuses when all of it hangs. */
    ExecutorService publishing() {
        return publishing;
    }

    /** Continues routing when the broker has confirmed. */
    ExecutorService routing() {
        return routing;
    }

    @Override
    public void close() {
        publishing.shutdown();
        routing.shutdown();
    }
}
