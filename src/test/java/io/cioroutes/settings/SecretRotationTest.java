package io.cioroutes.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.sun.net.httpserver.HttpServer;
import io.cioroutes.CustomerioRoutes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Keys change in their files while commands and webhooks flow. */
class SecretRotationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BACKLOG = 200;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** What Customer.io takes. */
    private static final Set<String> LOGINS = ConcurrentHashMap.newKeySet();

    private static final Set<String> DELIVERED = ConcurrentHashMap.newKeySet();
    private static final Set<String> LOGINS_USED = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger REFUSED = new AtomicInteger();

    @TempDir
    private static Path directory;

    private static Path secrets;
    private static HttpServer customerio;
    private static ConfigurableApplicationContext service;
    private static Connection connection;
    private static Channel channel;

    @BeforeAll
    static void start() throws Exception {
        customerio = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        customerio.setExecutor(Executors.newFixedThreadPool(4));
        customerio.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                String login = exchange.getRequestHeaders().getFirst("Authorization");
                boolean taken = LOGINS.contains(login);
                if (taken) {
                    LOGINS_USED.add(login);
                    new JsonMapper().readTree(body).findValuesAsText("name").forEach(DELIVERED::add);
                } else {
                    REFUSED.incrementAndGet();
                }
                exchange.sendResponseHeaders(taken ? 200 : 401, 2);
                exchange.getResponseBody().write("{}".getBytes(UTF_8));
            }
        });
        customerio.start();
        secrets = Files.createDirectory(directory.resolve("secrets"));
        write("CUSTOMERIO_SITE_ID", "site");
        write("CUSTOMERIO_TRACK_API_KEY", "first");
        write("CUSTOMERIO_APP_API_KEY", "app");
        write("CUSTOMERIO_WEBHOOK_SIGNING_KEY", "signing-first");
        LOGINS.add(basic("first"));
        String url = "http://127.0.0.1:" + customerio.getAddress().getPort();
        service = new SpringApplicationBuilder(CustomerioRoutes.class)
                .run(
                        "--server.port=0",
                        "--spring.profiles.active=local",
                        "--cio.roles=commands,webhooks",
                        "--cio.local.directory=" + directory.resolve("data"),
                        "--cio.secrets.directory=" + secrets,
                        // Only when asked to, or when a key is refused.
                        "--cio.secrets.refresh-interval=1h",
                        "--cio.broker.embedded.port=0",
                        "--cio.customerio.track-url=" + url,
                        "--cio.customerio.app-url=" + url,
                        // What is tested is keys, not how fast the embedded broker confirms on a busy machine.
                        "--cio.webhook.confirm-timeout=20s",
                        "--cio.breaker.probe-interval=200ms",
                        "--cio.delivery.hold-delay=50ms");
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(service.getEnvironment().getRequiredProperty("spring.rabbitmq.port", Integer.class));
        connection = factory.newConnection();
        channel = connection.createChannel();
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        service.close();
        customerio.stop(0);
    }

    private static void write(String name, String value) throws IOException {
        Files.writeString(secrets.resolve(name), value + "\n");
    }

    private static String basic(String key) {
        return "Basic " + Base64.getEncoder().encodeToString(("site:" + key).getBytes(UTF_8));
    }

    private static void publish(String name) {
        try {
            channel.basicPublish(
                    "cio",
                    "track",
                    true,
                    new AMQP.BasicProperties.Builder().deliveryMode(2).build(),
                    ("{\"userId\": \"u\", \"name\": \"" + name + "\"}").getBytes(UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + service.getEnvironment().getProperty("local.server.port") + path);
    }

    private static int webhook(String key, int number) {
        try {
            String body = "{\"event_id\":\"e" + number + "\",\"object_type\":\"email\",\"metric\":\"sent\"}";
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
            return HTTP.send(
                            HttpRequest.newBuilder(uri("/webhooks/customerio"))
                                    .header("X-CIO-Timestamp", "1760000000")
                                    .header(
                                            "X-CIO-Signature",
                                            HexFormat.of()
                                                    .formatHex(mac.doFinal(("v0:1760000000:" + body).getBytes(UTF_8))))
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode refresh() throws Exception {
        return new JsonMapper()
                .readTree(HTTP.send(
                                HttpRequest.newBuilder(uri("/actuator/secrets"))
                                        .header("Content-Type", "application/json")
                                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                        .build(),
                                BodyHandlers.ofString())
                        .body())
                .path("changed");
    }

    private static long deadLetters() throws IOException {
        return channel.messageCount("cio.track.dlq");
    }

    @Test
    void keysChangeUnderLoadAndNothingIsRefused() throws Exception {
        AtomicBoolean goOn = new AtomicBoolean(true);
        AtomicInteger published = new AtomicInteger();
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
            while (goOn.get()) {
                // A bounded backlog: the embedded broker takes them faster than it gives them back.
                if (published.get() - DELIVERED.size() < BACKLOG) {
                    publish("under-load-" + published.incrementAndGet());
                } else {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        });
        try {
            await().atMost(PATIENCE).until(() -> LOGINS_USED.contains(basic("first")));
            assertThat(webhook("signing-first", 1)).isEqualTo(200);
            LOGINS.add(basic("second"));
            write("CUSTOMERIO_TRACK_API_KEY", "second");
            write("CUSTOMERIO_WEBHOOK_SIGNING_KEY", "signing-second,signing-first");
            assertThat(refresh().toString())
                    .contains("cio.customerio.track-api-key", "cio.webhook.signing-keys")
                    .doesNotContain("second");
            assertThat(webhook("signing-first", 2)).isEqualTo(200);
            assertThat(webhook("signing-second", 3)).isEqualTo(200);
            await().atMost(PATIENCE).until(() -> LOGINS_USED.contains(basic("second")));

            write("CUSTOMERIO_WEBHOOK_SIGNING_KEY", "signing-second");
            assertThat(refresh().size()).isOne();
            assertThat(webhook("signing-second", 4)).isEqualTo(200);
            assertThat(webhook("signing-first", 5)).isEqualTo(401);
        } finally {
            goOn.set(false);
            load.join();
        }
        await().atMost(PATIENCE)
                .until(() -> DELIVERED.stream()
                                .filter(name -> name.startsWith("under-load-"))
                                .count()
                        == published.get());
        assertThat(REFUSED).hasValue(0);
        assertThat(deadLetters()).isZero();

        // Now without a time in which both are valid: the refusal itself makes the service look for a new key.
        LOGINS.clear();
        write("CUSTOMERIO_TRACK_API_KEY", "");
        List<String> held = List.of("held-1", "held-2");
        held.forEach(SecretRotationTest::publish);
        await().atMost(PATIENCE).until(() -> REFUSED.get() > 0);
        LOGINS.add(basic("third"));
        write("CUSTOMERIO_TRACK_API_KEY", "third");
        await().atMost(PATIENCE).until(() -> DELIVERED.containsAll(held));
        assertThat(deadLetters()).isZero();
    }
}
