package io.cioroutes.webhook;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpConsumer;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpEngine;

/**
 * Camel's HTTP server on Spring Boot's, which remembers what consumes from a path, so that a filter can give it a request
 * directly. A route runs on the server's own thread until it has answered.
 */
final class WebhookEngine extends SpringBootPlatformHttpEngine {
    private static final Executor SERVER_THREAD = Runnable::run;

    private final Map<String, SpringBootPlatformHttpConsumer> consumers = new ConcurrentHashMap<>();

    /** @param port of the server, for Camel's display */
    WebhookEngine(int port) {
        super(port, SERVER_THREAD);
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        var consumer = new SpringBootPlatformHttpConsumer(endpoint, processor, SERVER_THREAD);
        // A reloaded route has a new one.
        consumers.put(endpoint.getPath(), consumer);
        return consumer;
    }

    /**
     * Has the route answer a request.
     *
     * @param path as the route's endpoint has it
     * @return false: no route consumes from there now, and nothing was answered
     */
    boolean serve(String path, HttpServletRequest request, HttpServletResponse response) {
        SpringBootPlatformHttpConsumer consumer = consumers.get(path);
        if (consumer == null || !consumer.isStarted()) {
            return false;
        }
        consumer.service(request, response).join();
        return true;
    }
}
