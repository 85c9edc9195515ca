package io.cioroutes.reliability;

import io.cioroutes.broker.PrivateRabbit;
import io.cioroutes.sandbox.Fault;
import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** What ends in the middle of the work, on a RabbitMQ node of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CrashScenarios {

    static final int MANY = 10_000;
    /** Of people and events: what one instance can have delivered and not yet acknowledged. */
    static final int IN_FLIGHT = 2 * Settings.PREFETCH;
    /** Cloud Run kills 10 s after SIGTERM. */
    static final Duration STOP = Duration.ofSeconds(10);

    final Deque<ServiceProcess> services = new ArrayDeque<>();
    PrivateRabbit rabbit;
    SandboxServer sandbox;
    Publisher publisher;
    Queues queues;
    Map<String, String> settings;

    @BeforeAll
    void start() {
        rabbit = PrivateRabbit.startOrSkip();
        sandbox = SandboxServer.start(SandboxOptions.defaults().withPort(Settings.port()));
        settings = Settings.of(rabbit.springProperties(), sandbox.uri());
        publisher = new Publisher(rabbit.uri());
        queues = new Queues(rabbit.uri(), Settings.RETRY_DELAYS);
    }

    /** Slow enough that a scenario can reach into the middle. */
    @BeforeEach
    void slowApi() {
        instances(1);
        sandbox.reset();
        sandbox.fault(Fault.latency(100));
    }

    /** Whatever a scenario has not taken from the dead-letter queues is one too many. */
    @AfterEach
    void nothingIsLeft() {
        queues.awaitEmpty();
    }

    @AfterAll
    void stop() {
        if (rabbit != null) {
            services.forEach(ServiceProcess::terminate);
            queues.awaitEmpty();
            publisher.close();
            sandbox.close();
            rabbit.close();
        }
    }

    /** So many instances run, and no more; those of earlier scenarios go on. */
    void instances(int count) {
        services.removeIf(service -> !service.isAlive());
        while (services.size() > count) {
            services.pop().terminate();
        }
        while (services.size() < count) {
            services.push(ServiceProcess.start(settings));
        }
    }
}
