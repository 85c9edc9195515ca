package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.broker.TestBroker;
import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.autoconfigure.actuate.observability.AutoConfigureObservability;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Production with a management port of its own, which only operators reach, and no users. */
@AutoConfigureObservability
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "cio.roles=commands",
            "spring.jmx.enabled=true",
            "management.server.port=0",
            "cio.customerio.site-id=site",
            "cio.customerio.track-api-key=track",
            "cio.customerio.app-api-key=app"
        })
@ActiveProfiles("prod")
@DirtiesContext
class ManagementPortTest {

    private static final SandboxServer SANDBOX =
            SandboxServer.start(SandboxOptions.defaults().withPort(0));

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    @DynamicPropertySource
    static void surroundings(DynamicPropertyRegistry registry) {
        TestBroker.get().springProperties().forEach((name, value) -> registry.add(name, () -> value));
        registry.add("cio.customerio.track-url", SANDBOX::uri);
        registry.add("cio.customerio.app-url", SANDBOX::uri);
    }

    @Test
    void theManagementPortIsOpen() {
        Script script = new Script("127.0.0.1", managementPort);

        assertThat(script.get("/actuator/prometheus").status()).isEqualTo(200);
        assertThat(script.get("/actuator/deadletters").status()).isEqualTo(200);
        assertThat(script.get("/actuator/hawtio/index.html").body()).contains("Hawtio");
        Script.Answer answer = script.call(
                null,
                null,
                "POST",
                "/actuator/hawtio/jolokia",
                "{\"type\": \"exec\", \"mbean\": \"io.cioroutes:type=DeadLetters\", \"operation\": \"summary()\"}");
        assertThat(answer.json().path("status").intValue()).as(answer.body()).isEqualTo(200);
        assertThat(script.get("/actuator/jolokia/exec/io.cioroutes:type=DeadLetters/stop")
                        .json()
                        .path("status")
                        .intValue())
                .isEqualTo(403);
    }

    @Test
    void theOtherPortHasWebhooksOnly() {
        Script script = new Script("127.0.0.1", port);

        assertThat(script.get("/actuator/prometheus").status()).isEqualTo(403);
        assertThat(script.get("/actuator/deadletters").status()).isEqualTo(403);
        assertThat(script.get("/").status()).isEqualTo(403);
        assertThat(script.call(null, null, "POST", "/webhooks/customerio", "{}").status())
                .isNotIn(401, 403);
    }
}
