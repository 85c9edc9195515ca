package io.cioroutes.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import io.cioroutes.broker.TestBroker;
import io.cioroutes.sandbox.SandboxServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Editing route files of a service at work. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"cio.roles=commands", "cio.sandbox.port=0", "cio.routes.reload-interval=50ms"})
@CamelSpringBootTest
@ExtendWith(OutputCaptureExtension.class)
@DirtiesContext
class RouteReloadTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String QUEUE = "reload.orders";
    private static final String FLOW = "reload-orders";
    private static final int RELOADS = 20;

    private final AtomicBoolean finished = new AtomicBoolean();

    @TempDir
    private static Path folder;

    @Autowired
    private CamelContext camel;

    @Autowired
    private SandboxServer sandbox;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) throws IOException {
        TestBroker.get().springProperties().forEach((name, value) -> registry.add(name, () -> value));
        try (Stream<Path> shipped = Files.walk(Path.of("routes"))) {
            for (Path file : shipped.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(file);
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        registry.add("cio.routes.directory", () -> folder.resolve("routes").toString());
    }

    /** Three files in turn: a consumer, a route that collects batches, one that is called. */
    @Test
    void nothingIsLostWhileRoutesAreReloaded(CapturedOutput output) throws Exception {
        Path flow = folder.resolve("routes/" + FLOW + ".camel.yaml");
        Files.writeString(flow, flow("added"));
        await().atMost(PATIENCE).until(() -> camel.getRoute(FLOW) != null);
        try (Connection connection = TestBroker.get().connect();
                Channel channel = connection.createChannel()) {
            CompletableFuture<Integer> publishing = CompletableFuture.supplyAsync(() -> publish(channel));
            List<Duration> taken = new ArrayList<>();
            Path[] files = {
                flow,
                folder.resolve("routes/delivery/track-batch.camel.yaml"),
                folder.resolve("routes/delivery/dispatch.camel.yaml")
            };
            for (int i = 0; i < RELOADS; i++) {
                int version = i;
                Path file = files[i % files.length];
                String id = file.getFileName().toString().replace(RouteFile.SUFFIX, "");
                long begin = System.nanoTime();
                Files.writeString(
                        file,
                        Files.readString(file).replaceFirst("(?m)description: .*", "description: version " + version));
                await().atMost(PATIENCE)
                        .until(() -> camel.getRoute(id) != null
                                && ("version " + version)
                                        .equals(camel.getRoute(id).getDescription())
                                && camel.getRouteController().getRouteStatus(id).isStarted());
                taken.add(Duration.ofNanos(System.nanoTime() - begin));
            }
            finished.set(true);
            int last = publishing.get();
            Collections.sort(taken);
            assertThat(taken.get(RELOADS / 2)).as("half of the reloads").isLessThan(Duration.ofSeconds(2));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(sandbox.missing(1, last)).isEmpty());
            assertThat(sandbox.stats().sequence().duplicates()).isZero();
            assertThat(channel.queueDeclarePassive(QUEUE).getMessageCount()).isZero();
            assertThat(channel.queueDeclarePassive(QUEUE + ".dlq").getMessageCount())
                    .isZero();
            channel.queueDelete(QUEUE);
            channel.queueDelete(QUEUE + ".dlq");
        }
    }

    @Test
    void aBrokenFileLeavesTheRouteAsItWas(CapturedOutput output) throws IOException {
        Path file = folder.resolve("routes/commands/suppress.camel.yaml");
        String right = Files.readString(file);
        Files.writeString(file, right.replace("ref: suppress", "ref: supress"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(output.getAll())
                .contains("suppress.camel.yaml:21: there is no bean 'supress' (did you mean 'suppress'?)")
                .contains("the route runs as before"));
        assertThat(camel.getRouteController().getRouteStatus("suppress").isStarted())
                .isTrue();

        Files.writeString(file, right.replaceFirst("description: .*", "description: corrected"));
        await().atMost(PATIENCE).until(() -> "corrected".equals(description("suppress")));

        Path added = folder.resolve("routes/added.camel.yaml");
        Files.writeString(
                added,
                "- route: {id: added, description: new, errorHandler: {noErrorHandler: {}}, from: {uri: 'direct:added', steps: [{stop: {}}]}}\n");
        await().atMost(PATIENCE).until(() -> "new".equals(description("added")));
        Files.delete(added);
        await().atMost(PATIENCE).until(() -> camel.getRoute("added") == null);
    }

    private String description(String id) {
        return camel.getRoute(id) == null ? null : camel.getRoute(id).getDescription();
    }

    /** Some 2,000 messages a second until the reloads are done; returns the last number. */
    private int publish(Channel channel) {
        try {
            channel.confirmSelect();
            int seq = 0;
            while (!finished.get()) {
                for (int i = 0; i < 20; i++) {
                    channel.basicPublish(
                            "",
                            QUEUE,
                            true,
                            MessageProperties.PERSISTENT_BASIC,
                            ("{\"number\": " + ++seq + "}").getBytes(StandardCharsets.UTF_8));
                }
                channel.waitForConfirmsOrDie(PATIENCE.toMillis());
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
            return seq;
        } catch (Exception e) {
            throw new IllegalStateException("the test could not publish", e);
        }
    }

    private static String flow(String description) {
        return """
                - route:
                    id: reload-orders
                    description: %s
                    routeConfigurationId: outcomes
                    from:
                      uri: spring-rabbitmq:cio
                      parameters: { queues: reload.orders, acknowledgeMode: MANUAL, asyncConsumer: true, prefetchCount: 200 }
                      steps:
                        - process: { ref: receive }
                        - setBody:
                            jq: '{ command: "track", userId: "u-\\(.number)", name: "order", data: { seq: .number } }'
                        - to: direct:deliver
                """
                .formatted(description);
    }
}
