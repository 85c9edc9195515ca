package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.broker.PrivateRabbit;
import io.cioroutes.broker.TestBroker;
import io.cioroutes.broker.TestCertificate;
import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code amqps}: the broker must show a certificate that is trusted, and that is for the name it was called by. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsIT {

    private static final int MESSAGES = 1_000;

    @TempDir
    private static Path directory;

    private final int port = TestBroker.freePort();
    private TestCertificate certificate;
    private PrivateRabbit rabbit;
    private SandboxServer sandbox;

    @BeforeAll
    void start() throws Exception {
        certificate = TestCertificate.make(directory);
        rabbit = PrivateRabbit.startOrSkip(
                "listeners.ssl.1 = 127.0.0.1:" + port,
                "ssl_options.cacertfile = " + certificate.certificate(),
                "ssl_options.certfile = " + certificate.certificate(),
                "ssl_options.keyfile = " + certificate.key(),
                "ssl_options.verify = verify_none");
        sandbox = SandboxServer.start(SandboxOptions.defaults().withPort(Settings.port()));
    }

    @AfterAll
    void stop() {
        if (rabbit != null) {
            sandbox.close();
            rabbit.close();
        }
    }

    @Test
    void deliversOverTls() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(settings("localhost", true))) {
            Result published = publish("localhost", true);
            assertThat(published.output()).startsWith("Published as identify to localhost:" + port);
            assertThat(published.exitCode()).isZero();

            Ledger ledger = new Ledger(sandbox, MESSAGES);
            try (Publisher publisher = new Publisher(rabbit.uri())) {
                publisher.publish(ledger.messages(Message::mixed));
            }
            ledger.awaitAllDelivered();
            String connections = rabbit.ctl("list_connections", "ssl", "peer_port", "client_properties");
            assertThat(connections.lines().filter(line -> line.startsWith("true")))
                    .isNotEmpty();
            assertThat(service.log()).doesNotContain("track-key", "app-key", TestCertificate.PASSWORD, "guest:guest");
        }
    }

    @Test
    void refusesACertificateThatNobodyVouchesFor() throws Exception {
        try (ServiceProcess service = ServiceProcess.launch(settings("localhost", false))) {
            service.awaitLog("unable to find valid certification path");
        }
        assertThat(publish("localhost", false).output()).contains("unable to find valid certification path");
    }

    @Test
    void refusesACertificateForAnotherName() throws Exception {
        try (ServiceProcess service = ServiceProcess.launch(settings("127.0.0.1", true))) {
            service.awaitLog("No subject alternative names");
        }
        assertThat(publish("127.0.0.1", true).output()).contains("No subject alternative names");
    }

    private Map<String, String> broker(String host, boolean trusted) {
        Map<String, String> broker = new LinkedHashMap<>();
        broker.put("spring.rabbitmq.addresses", "amqps://guest:guest@" + host + ":" + port);
        if (trusted) {
            broker.put("spring.rabbitmq.ssl.trust-store", "file:" + certificate.trustStore());
            broker.put("spring.rabbitmq.ssl.trust-store-password", TestCertificate.PASSWORD);
        }
        return broker;
    }

    private Map<String, String> settings(String host, boolean trusted) {
        return Settings.of(broker(host, trusted), sandbox.uri());
    }

    private record Result(int exitCode, String output) {}

    /** {@code publish}, told of the broker in the environment as the service is. */
    private Result publish(String host, boolean trusted) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        ServiceProcess.JAVA,
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        System.getProperty("cio.jar"),
                        "publish",
                        "identify",
                        "--body",
                        "{\"userId\": \"tls\", \"attrs\": {}}"))
                .redirectErrorStream(true);
        broker(host, trusted).forEach((name, value) -> builder.environment()
                .put(name.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace("-", ""), value));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), output);
    }
}
