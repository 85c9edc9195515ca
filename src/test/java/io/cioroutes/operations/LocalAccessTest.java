package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.broker.TestBroker;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The profile local: open, but for this machine alone. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"cio.roles=commands", "cio.sandbox.port=0", "spring.jmx.enabled=true"})
@DirtiesContext
class LocalAccessTest {

    private static final String LIST = "/actuator/deadletters";

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void broker(DynamicPropertyRegistry registry) {
        TestBroker.get().springProperties().forEach((name, value) -> registry.add(name, () -> value));
    }

    @Test
    void fromThisMachineEverythingIsOpen() {
        Script script = new Script("localhost", port);

        assertThat(script.get(LIST).status()).isEqualTo(200);
        assertThat(script.get("/actuator/hawtio/index.html").status()).isEqualTo(200);
        assertThat(script.call(null, null, "POST", "/actuator/commands/track", "{\"action\": \"resume\"}")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {LIST, "/actuator/hawtio/index.html", "/actuator/prometheus", "/actuator/jolokia/version"})
    void fromElsewhereItIsNot(String path) throws IOException {
        Script script = new Script(otherAddress(), port);

        assertThat(script.get(path).status()).isEqualTo(403);
        assertThat(script.get(path, "X-Forwarded-For", "127.0.0.1").status()).isEqualTo(403);
        assertThat(script.statusForHost("localhost", path)).isEqualTo(403);
        assertThat(script.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(script.get(path).body()).contains("SPRING_SECURITY_USER_PASSWORD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"})
    void throughATunnelOrProxyItIsNot(String header) {
        assertThat(new Script("127.0.0.1", port).get(LIST, header, "127.0.0.1").status())
                .isEqualTo(403);
    }

    @Test
    void underAnotherNameItIsNot() throws IOException {
        Script script = new Script("127.0.0.1", port);

        assertThat(script.statusForHost("evil.example", LIST)).isEqualTo(403);
        assertThat(script.statusForHost("localhost:" + port, LIST)).isEqualTo(200);
    }

    @Test
    void anotherSitesPageChangesNothing() {
        Script.Answer answer = new Script("127.0.0.1", port)
                .call(
                        null,
                        null,
                        "POST",
                        "/actuator/commands/track",
                        "{\"action\": \"pause\"}",
                        "Origin",
                        "https://evil.example");

        assertThat(answer.status()).isEqualTo(403);
    }

    /** An address of this machine at which it is reached from outside. */
    private static String otherAddress() throws IOException {
        Optional<InetAddress> other = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
        if (other.isEmpty()) {
            System.out.println("SKIPPED: this machine has no address but 127.0.0.1.");
        }
        Assumptions.assumeTrue(other.isPresent(), "no address but 127.0.0.1");
        return other.get().getHostAddress();
    }
}
