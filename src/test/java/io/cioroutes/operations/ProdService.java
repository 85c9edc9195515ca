package io.cioroutes.operations;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.cioroutes.broker.TestBroker;
import io.cioroutes.operations.Script.Answer;
import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.test.autoconfigure.actuate.observability.AutoConfigureObservability;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service as in production, with two users, a real broker where there is one, and the sandbox as Customer.io. */
@AutoConfigureObservability
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "cio.roles=commands",
            // Spring switches it off in tests.
            "spring.jmx.enabled=true",
            "spring.security.user.name=olga",
            "spring.security.user.password=" + ProdService.PASSWORD,
            "cio.operators[0].username=viktor",
            // The hash of the same password.
            "cio.operators[0].password={bcrypt}$2a$04$xHsbuRjYhtoPESyLxwlcK.JbIJiuYIfzWGg/3.J2SFMbdJXDJRJn6",
            "cio.operators[0].roles=viewer",
            "cio.customerio.site-id=site",
            "cio.customerio.track-api-key=track",
            "cio.customerio.app-api-key=app",
            "cio.delivery.first-delay=40ms",
            "cio.delivery.hold-delay=20ms",
            "cio.retry.delays=1h,2h",
            // Tests count requests.
            "cio.observe.credentials-delay=1h"
        })
@ActiveProfiles("prod")
@DirtiesContext
abstract class ProdService {

    static final String PASSWORD = "correct horse";
    static final String OPERATOR = "olga";
    static final String VIEWER = "viktor";
    static final Duration PATIENCE = Duration.ofSeconds(30);

    static final SandboxServer SANDBOX =
            SandboxServer.start(SandboxOptions.defaults().withPort(0));

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void surroundings(DynamicPropertyRegistry registry) {
        TestBroker.get().springProperties().forEach((name, value) -> registry.add(name, () -> value));
        registry.add("cio.customerio.track-url", SANDBOX::uri);
        registry.add("cio.customerio.app-url", SANDBOX::uri);
    }

    @BeforeEach
    void empty() throws IOException {
        SANDBOX.reset();
        TestBroker.get().purge();
    }

    Answer call(String user, String method, String path, String body, String... headers) {
        return new Script("127.0.0.1", port).call(user, PASSWORD, method, path, body, headers);
    }

    Answer get(String path) {
        return call(OPERATOR, "GET", path, null);
    }

    Answer post(String path, String body) {
        return call(OPERATOR, "POST", path, body);
    }

    /** Publishes commands numbered from {@code from}, {@code count} of them; {@code %d} in the body is the number. */
    static void publish(String command, String body, int from, int count) {
        try (Connection connection = TestBroker.get().connect();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            for (int i = from; i < from + count; i++) {
                channel.basicPublish(
                        "cio",
                        command,
                        true,
                        new AMQP.BasicProperties.Builder()
                                .deliveryMode(2)
                                .contentType("application/json")
                                .messageId(command + "-" + i)
                                .headers(Map.of("x-publisher", "test"))
                                .build(),
                        body.formatted(i).getBytes(StandardCharsets.UTF_8));
            }
            channel.waitForConfirmsOrDie(60_000);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Messages in a queue that nobody holds. */
    static int waiting(String queue) {
        try (Connection connection = TestBroker.get().connect();
                Channel channel = connection.createChannel()) {
            return channel.queueDeclarePassive(queue).getMessageCount();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
