package io.cioroutes.tracing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.sun.net.httpserver.HttpServer;
import io.cioroutes.CustomerioRoutes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The service on its own broker, with a collector for traces and a Customer.io that notes what it is sent. */
class TracingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String KEY = "0123456789abcdef0123";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    private record Call(String path, List<String> traceparent, List<String> tracestate, List<String> authorization) {
        String traceId() {
            return traceparent.get(0).split("-")[1];
        }

        String spanId() {
            return traceparent.get(0).split("-")[2];
        }
    }

    private static final List<Call> CALLS = new CopyOnWriteArrayList<>();

    /** What the collector got: protobuf, in which names are text and ids the bytes that they are. */
    private static final List<String> EXPORTS = new CopyOnWriteArrayList<>();

    @TempDir
    private static Path data;

    private static HttpServer server;
    private static ConfigurableApplicationContext service;
    private static Connection connection;
    private static Channel channel;

    @BeforeAll
    static void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                String path = exchange.getRequestURI().getPath();
                if (path.equals("/v1/traces")) {
                    EXPORTS.add(new String(body, StandardCharsets.ISO_8859_1));
                } else {
                    var headers = exchange.getRequestHeaders();
                    CALLS.add(new Call(
                            path,
                            headers.getOrDefault("traceparent", List.of()),
                            headers.getOrDefault("tracestate", List.of()),
                            headers.getOrDefault("Authorization", List.of())));
                }
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write("{}".getBytes(UTF_8));
            }
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        service = new SpringApplicationBuilder(CustomerioRoutes.class)
                .run(
                        "--server.port=0",
                        "--spring.profiles.active=local",
                        "--cio.roles=commands,webhooks",
                        "--cio.local.directory=" + data,
                        "--cio.broker.embedded.port=0",
                        "--cio.customerio.track-url=" + url,
                        "--cio.customerio.app-url=" + url,
                        "--cio.customerio.site-id=site",
                        "--cio.customerio.track-api-key=track",
                        "--cio.customerio.app-api-key=app",
                        "--cio.webhook.signing-keys=" + KEY,
                        // Long enough for two messages to share a batch.
                        "--cio.track.batch-interval=500ms",
                        "--otel.exporter.otlp.endpoint=" + url,
                        "--otel.bsp.schedule.delay=50");
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(service.getEnvironment().getRequiredProperty("spring.rabbitmq.port", Integer.class));
        connection = factory.newConnection();
        channel = connection.createChannel();
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        service.close();
        server.stop(0);
    }

    @BeforeEach
    void empty() {
        CALLS.clear();
        EXPORTS.clear();
    }

    private static void publish(String command, String body, Map<String, Object> headers) throws Exception {
        channel.basicPublish(
                "cio",
                command,
                true,
                new AMQP.BasicProperties.Builder()
                        .deliveryMode(2)
                        .messageId(command + body.hashCode())
                        .headers(headers)
                        .build(),
                body.getBytes(UTF_8));
    }

    private static boolean exported(String text) {
        return EXPORTS.stream().anyMatch(export -> export.contains(text));
    }

    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aSendIsAPartOfItsPublishersTrace() throws Exception {
        publish(
                "transactional",
                "{\"to\": \"a@example.com\", \"templateId\": 3}",
                Map.of(
                        "traceparent", "00-" + TRACE + "-" + SPAN + "-01",
                        "tracestate", "vendor=1",
                        "Authorization", "Basic evil",
                        "baggage", "person=anna"));
        await().atMost(PATIENCE).until(() -> CALLS.size() == 1);

        Call call = CALLS.get(0);
        assertThat(call.traceId()).isEqualTo(TRACE);
        assertThat(call.spanId()).isNotEqualTo(SPAN);
        assertThat(call.tracestate()).containsExactly("vendor=1");
        assertThat(call.authorization()).containsExactly("Bearer app");
        await().atMost(PATIENCE)
                .until(() -> exported("process cio.transactional")
                        && exported("POST App API")
                        && exported(bytes(call.spanId()))
                        && exported("customerio-routes"));
        assertThat(EXPORTS).noneMatch(export -> export.contains("example.com"));
    }

    @Test
    void whatIsNoTraceContextGoesNowhere() throws Exception {
        publish(
                "transactional",
                "{\"to\": \"b@example.com\", \"templateId\": 3}",
                Map.of("traceparent", "00-" + TRACE + "-evil\r\nX-Evil: 1", "tracestate", "\r\nX-Evil: 2"));
        await().atMost(PATIENCE).until(() -> CALLS.size() == 1);

        assertThat(CALLS.get(0).traceId()).isNotEqualTo(TRACE).hasSize(32);
        assertThat(CALLS.get(0).tracestate()).isEmpty();
    }

    @Test
    void aBatchIsLinkedToEachOfItsMessages() throws Exception {
        String other = "0af7651916cd43dd8448eb211c80319c";
        for (String trace : List.of(TRACE, other)) {
            publish(
                    "track",
                    "{\"userId\": \"" + trace + "\", \"name\": \"n\"}",
                    Map.of("traceparent", "00-" + trace + "-" + SPAN + "-01"));
        }
        await().atMost(PATIENCE).until(() -> !CALLS.isEmpty() && exported("POST Track API"));

        assertThat(CALLS).singleElement().satisfies(call -> {
            assertThat(call.path()).isEqualTo("/api/v2/batch");
            assertThat(call.traceId()).isNotIn(TRACE, other);
            await().atMost(PATIENCE)
                    .until(() -> exported(bytes(call.traceId())) && exported(bytes(TRACE)) && exported(bytes(other)));
            String batch = EXPORTS.stream()
                    .filter(export -> export.contains(bytes(call.traceId())))
                    .findFirst()
                    .orElseThrow();
            String afterItsName = batch.substring(batch.indexOf("POST Track API"));
            assertThat(afterItsName).contains(bytes(TRACE), bytes(other));
        });
    }

    @Test
    void aWebhookIsFollowedToTheBus() throws Exception {
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, "cio.events", "#");
        String body = "{\"event_id\":\"01J0000000000000000000TRAC\",\"object_type\":\"email\",\"metric\":\"opened\"}";
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY.getBytes(UTF_8), "HmacSHA256"));
        String signature = HexFormat.of().formatHex(mac.doFinal(("v0:1760000000:" + body).getBytes(UTF_8)));
        int port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        int status = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/webhooks/customerio"))
                                .header("X-CIO-Timestamp", "1760000000")
                                .header("X-CIO-Signature", signature)
                                .header("traceparent", "00-" + TRACE + "-" + SPAN + "-01")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
        assertThat(status).isEqualTo(200);

        GetResponse event = await().atMost(PATIENCE).until(() -> channel.basicGet(queue, true), got -> got != null);
        assertThat(event.getProps().getHeaders().get("traceparent"))
                .asString()
                .startsWith("00-" + TRACE)
                .doesNotContain(SPAN);
        await().atMost(PATIENCE).until(() -> exported("receive webhook") && exported("process cio.webhooks"));
    }
}
