package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.broker.PrivateRabbit;
import io.cioroutes.command.CommandType;
import io.cioroutes.reliability.Queues.DeadLetter;
import io.cioroutes.reliability.ServiceProcess.Exit;
import io.cioroutes.sandbox.Fault;
import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The end of processes, connections and brokers in the middle of the work, on a RabbitMQ node of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashIT {

    private static final int MANY = 10_000;
    /** Of people and events: what one instance can have delivered and not yet acknowledged. */
    private static final int IN_FLIGHT = 2 * Settings.PREFETCH;
    /** Cloud Run kills 10 s after SIGTERM. */
    private static final Duration STOP = Duration.ofSeconds(10);

    private final Deque<ServiceProcess> services = new ArrayDeque<>();
    private PrivateRabbit rabbit;
    private SandboxServer sandbox;
    private Publisher publisher;
    private Queues queues;
    private Map<String, String> settings;

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
    private void instances(int count) {
        services.removeIf(service -> !service.isAlive());
        while (services.size() > count) {
            services.pop().terminate();
        }
        while (services.size() < count) {
            services.push(ServiceProcess.start(settings));
        }
    }

    @Test
    void killedTwiceUnderLoad() {
        Ledger ledger = new Ledger(sandbox, MANY);
        CompletableFuture<Void> load = publisher.publishInBackground(ledger.messages(Message::mixed));
        for (int delivered : List.of(MANY / 10, MANY / 2)) {
            ledger.awaitDelivered(delivered);
            services.peek().kill();
            instances(1);
        }
        load.join();
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isLessThanOrEqualTo(2 * IN_FLIGHT);
        ledger.assertEventsCountedOnce(MANY / 2);
    }

    @Test
    void terminatedUnderLoad() {
        Ledger ledger = new Ledger(sandbox, MANY);
        publisher.publish(ledger.messages(Message::mixed));
        ledger.awaitDelivered(MANY / 10);
        Exit exit = services.peek().terminate();
        assertThat(exit.code()).isEqualTo(143);
        assertThat(exit.after()).isLessThan(STOP);
        assertThat(ledger.delivered()).isLessThan(MANY);
        assertThat(ledger.delivered() + ready()).isEqualTo(MANY);

        instances(1);
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void terminatedWhileTheBreakerIsOpen() {
        Ledger ledger = new Ledger(sandbox, MANY);
        sandbox.fault(Fault.status(503));
        publisher.publish(ledger.messages(Message::mixed));
        await().until(() ->
                "OUT_OF_SERVICE".equals(services.peek().health().path("status").asText()));
        assertThat(services.peek().terminate().after()).isLessThan(STOP);
        assertThat(ready()).isEqualTo(MANY);

        sandbox.fault();
        instances(1);
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    private long ready() {
        return queues.ready(CommandType.IDENTIFY.queue()) + queues.ready(CommandType.TRACK.queue());
    }

    @Test
    void brokerRestartedAndKilledUnderLoad() {
        Ledger ledger = new Ledger(sandbox, MANY);
        int before = publisher.repeated();
        CompletableFuture<Void> load = publisher.publishInBackground(ledger.messages(Message::mixed));
        ledger.awaitDelivered(MANY / 10);
        rabbit.restart();
        ledger.awaitDelivered(MANY / 3);
        rabbit.kill();
        rabbit.start();
        load.join();
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isLessThanOrEqualTo(2 * IN_FLIGHT + publisher.repeated() - before);
        ledger.assertEventsCountedOnce(MANY / 2);
    }

    /** RabbitMQ's consumer_timeout, 30 min, in a few seconds. */
    @Test
    void channelsClosedBecauseMessagesWereHeldTooLong() {
        Ledger ledger = new Ledger(sandbox, 1000);
        rabbit.ctl("eval", "application:set_env(rabbit, consumer_timeout, 2000).");
        rabbit.ctl("eval", "application:set_env(rabbit, channel_tick_interval, 500).");
        // New channels take the new interval.
        rabbit.closeAllConnections();
        sandbox.fault(Fault.status(503));
        publisher.publish(ledger.messages(Message::mixed));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> services.peek().log().contains("delivery acknowledgement on"));

        rabbit.ctl("eval", "application:set_env(rabbit, consumer_timeout, 1800000).");
        sandbox.fault();
        ledger.awaitAllDelivered();
        ledger.assertEventsCountedOnce(500);
    }

    @Test
    void neitherBrokerNorCustomerioCanBeReachedAtTheStart() {
        int count = 600;
        Ledger ledger = new Ledger(sandbox, count);
        instances(0);
        rabbit.stop();
        Map<String, String> unreachable = new LinkedHashMap<>(settings);
        unreachable.put("cio.customerio.track-url", "http://track.invalid");
        // The sandbox does not speak TLS.
        unreachable.put("cio.customerio.app-url", sandbox.uri().toString().replace("http:", "https:"));
        try (ServiceProcess service = ServiceProcess.launch(unreachable)) {
            service.awaitLog("cannot be reached");
            rabbit.start();
            publisher.publish(ledger.messages(seq -> seq % 3 == 0 ? Message.send(seq) : Message.event(seq)));
            service.awaitLog("Track API: circuit breaker open");
            service.awaitLog("App API: circuit breaker open");
            assertThat(service.terminate().after()).isLessThan(STOP);
        }
        instances(1);
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void connectionsClosedByTheBrokerThreeTimes() {
        Ledger ledger = new Ledger(sandbox, MANY);
        int before = publisher.repeated();
        CompletableFuture<Void> load = publisher.publishInBackground(ledger.messages(Message::mixed));
        for (int delivered : List.of(MANY / 10, MANY / 3, MANY / 2)) {
            ledger.awaitDelivered(delivered);
            rabbit.closeAllConnections();
        }
        load.join();
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isLessThanOrEqualTo(3 * IN_FLIGHT + publisher.repeated() - before);
        ledger.assertEventsCountedOnce(MANY / 2);
    }

    @Test
    void oneOfTwoInstancesKilled() {
        instances(2);
        Ledger ledger = new Ledger(sandbox, MANY);
        CompletableFuture<Void> load = publisher.publishInBackground(ledger.messages(Message::mixed));
        ledger.awaitDelivered(MANY / 3);
        services.pop().kill();
        load.join();
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isLessThanOrEqualTo(IN_FLIGHT);
        ledger.assertEventsCountedOnce(MANY / 2);
    }

    @Test
    void aBrokerWithoutMemoryOrDiskTakesNoCopiesAndLosesNone() {
        int invalid = 1000;
        int count = 3 * invalid;
        Ledger ledger = new Ledger(sandbox, count);
        instances(0);
        publisher.publish(ledger.messages(seq -> seq % 3 == 0 ? Message.invalid(seq) : Message.event(seq)));
        // The same alarm as for a full disk: the broker reads no more from connections that publish.
        rabbit.ctl("set_vm_memory_high_watermark", "0.0001");
        sandbox.fault(Fault.status(503).ratio(0.2));
        instances(1);
        ledger.awaitDelivered(count / 3);
        await().during(Duration.ofSeconds(15)).atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                        queues.ready(CommandType.IDENTIFY.deadLetterQueue()))
                .isZero());

        rabbit.ctl("set_vm_memory_high_watermark", "0.4");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> queues.ready(CommandType.IDENTIFY.deadLetterQueue()) >= invalid);
        ledger.awaitDelivered(count - invalid);
        assertThat(queues.takeDeadLetters(CommandType.IDENTIFY))
                .allMatch(letter -> "invalid".equals(letter.reason()))
                .extracting(DeadLetter::id)
                .doesNotHaveDuplicates()
                .hasSize(invalid);
        ledger.assertEventsCountedOnce(count - invalid);
    }
}
