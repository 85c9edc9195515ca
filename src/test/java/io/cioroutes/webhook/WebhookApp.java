package io.cioroutes.webhook;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.cioroutes.CustomerioRoutes;
import io.cioroutes.broker.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The service with its webhook routes, on free ports, and a Customer.io that calls it. */
public final class WebhookApp implements AutoCloseable {
    /** The second of two keys that are valid. */
    public static final String KEY = "new-key";

    /** When {@link #send(byte[], String...)} says that it signs. */
    public static final String SIGNED_AT = "1760000000";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ConfigurableApplicationContext context;

    private WebhookApp(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /**
     * Starts the service.
     *
     * @param directory for its data
     * @param settings broker and all else that differs
     */
    @SafeVarargs
    public static WebhookApp start(Path directory, Map<String, String>... settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "server.port", "0",
                "spring.profiles.active", "local",
                "cio.roles", "webhooks,analytics",
                "cio.sandbox.webhooks.enabled", "false",
                "cio.local.directory", directory.toString(),
                "camel.main.routes-include-pattern", "classpath:routes/webhooks/*.camel.yaml",
                "cio.webhook.signing-keys", "old-key," + KEY,
                "management.endpoints.web.exposure.include", "health,webhookreplay"));
        for (Map<String, String> some : settings) {
            all.putAll(some);
        }
        String[] arguments = all.entrySet().stream()
                .map(e -> "--" + e.getKey() + "=" + e.getValue())
                .toArray(String[]::new);
        return new WebhookApp(new SpringApplicationBuilder(CustomerioRoutes.class).run(arguments));
    }

    /** Starts the service on the test run's broker, with empty queues. */
    @SafeVarargs
    public static WebhookApp onTestBroker(Path directory, Map<String, String>... settings) {
        deleteQueues();
        Map<String, String> all = new HashMap<>(TestBroker.get().springProperties());
        for (Map<String, String> some : settings) {
            all.putAll(some);
        }
        return start(directory, all);
    }

    private static void deleteQueues() {
        try (Connection connection = TestBroker.get().connect();
                Channel channel = connection.createChannel()) {
            for (String queue : List.of(WebhookTopology.WEBHOOKS, WebhookTopology.ANALYTICS)) {
                channel.queueDelete(queue);
                channel.queueDelete(WebhookTopology.deadLetterQueue(queue));
            }
        } catch (IOException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A bean of the service. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** An address of the service. */
    public URI uri(String path) {
        return URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
    }

    /** Sends a webhook as Customer.io would, and returns the status of the answer. */
    public int send(byte[] body, String... headers) {
        return send(signed(KEY, SIGNED_AT, body), headers);
    }

    /** Sends a request to the webhook endpoint. */
    public int send(HttpRequest.Builder request, String... headers) {
        if (headers.length > 0) {
            request.headers(headers);
        }
        return call(request.build()).statusCode();
    }

    /** A signed webhook request. */
    public HttpRequest.Builder signed(String key, String timestamp, byte[] body) {
        return webhook(timestamp, RequestSignature.sign(key, timestamp, body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    /** A request to the webhook endpoint without a body yet. */
    public HttpRequest.Builder webhook(String timestamp, String signature) {
        return HttpRequest.newBuilder(uri("/webhooks/customerio"))
                .timeout(Duration.ofSeconds(10))
                .header(RequestSignature.TIMESTAMP_HEADER, timestamp)
                .header(RequestSignature.SIGNATURE_HEADER, signature);
    }

    /** Makes a request. */
    public HttpResponse<String> call(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
