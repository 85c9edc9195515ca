package io.cioroutes.operations;

import io.cioroutes.sandbox.SandboxServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** In the local profile, on the embedded broker: 1,000 dead letters, 1,000 new commands. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"cio.roles=commands", "cio.sandbox.port=0", "cio.broker.embedded.port=0"})
@DirtiesContext
class LocalReplayUnderLoadIT {

    @LocalServerPort
    private int port;

    @Value("${spring.rabbitmq.port}")
    private int brokerPort;

    @Autowired
    private SandboxServer sandbox;

    @DynamicPropertySource
    static void directory(DynamicPropertyRegistry registry) throws IOException {
        Path directory = Files.createTempDirectory(Path.of("target"), "local-");
        registry.add("cio.local.directory", directory::toString);
    }

    @Test
    void nothingIsLostAndNothingIsDoubled() throws Exception {
        Script script = new Script("127.0.0.1", port);

        new ReplayUnderLoad("amqp://guest:guest@127.0.0.1:" + brokerPort, sandbox, (path, body) -> script.call(
                                null, null, body == null ? "GET" : "POST", path, body)
                        .json())
                .run(1_000, 20);
    }
}
