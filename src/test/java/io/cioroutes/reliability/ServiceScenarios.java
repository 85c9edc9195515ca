package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.broker.TestBroker;
import io.cioroutes.command.CommandType;
import io.cioroutes.reliability.Queues.DeadLetter;
import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Scenarios that one process lives through, one after the other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServiceScenarios {

    SandboxServer sandbox;
    ServiceProcess service;
    Publisher publisher;
    Queues queues;

    /** What these scenarios set beside {@link Settings}. */
    abstract void configure(Map<String, String> settings);

    @BeforeAll
    void start() throws IOException {
        TestBroker broker = TestBroker.realOnly();
        broker.deleteTopology(Duration.ofSeconds(1), Duration.ofSeconds(2));
        sandbox = SandboxServer.start(SandboxOptions.defaults().withPort(Settings.port()));
        Map<String, String> settings = Settings.of(broker.springProperties(), sandbox.uri());
        configure(settings);
        queues = new Queues(broker.uri(), Settings.RETRY_DELAYS);
        publisher = new Publisher(broker.uri());
        service = ServiceProcess.start(settings);
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
    }

    /** Whatever a scenario has not taken from the dead-letter queues is one too many. */
    @AfterEach
    void nothingIsLeft() {
        try {
            queues.awaitEmpty();
        } finally {
            // Nor may it be taken for the next scenario's.
            for (CommandType type : CommandType.values()) {
                queues.takeDeadLetters(type).forEach(System.out::println);
            }
        }
        await("nothing held").atMost(Duration.ofSeconds(30)).until(() -> service.held() == 0);
    }

    /** What the service had not settled is back in its queue when it ends. */
    @AfterAll
    void stop() {
        if (service != null) {
            assertThat(service.terminate().code()).isEqualTo(143);
            queues.awaitEmpty();
            publisher.close();
            sandbox.close();
        }
    }

    /** Waits for so many dead letters of a command, and takes all there are. */
    List<DeadLetter> awaitDeadLetters(CommandType type, int count) {
        await("dead letters of " + type)
                .atMost(Duration.ofSeconds(60))
                // The queue may have been deleted.
                .ignoreExceptions()
                .until(() -> queues.ready(type.deadLetterQueue()) >= count);
        List<DeadLetter> letters = queues.takeDeadLetters(type);
        assertThat(letters).hasSize(count);
        return letters;
    }
}
