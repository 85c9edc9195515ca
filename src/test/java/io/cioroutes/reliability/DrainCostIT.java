package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.broker.TestBroker;
import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What it costs to drain full queues, in counts and not in time, so that a slow machine does not matter: it fails when
 * batches are no longer filled, or when messages are copied about. What it takes in time measures {@code bench/run}.
 */
class DrainCostIT {

    private static final int COUNT = 10_000;
    /** 100 operations fit into a request; the last ones of each prefetch window are fewer. Measured: 13 to 15. */
    private static final int REQUESTS_PER_1000 = 30;
    /** Measured: 410 to 570, as requests end in more or less the order of their messages; 1,000 were none for several. */
    private static final int ACKNOWLEDGEMENTS_PER_1000 = 850;
    /** Measured: about 20 kB, and what a cold start needs. */
    private static final long BYTES_PER_MESSAGE = 80_000;

    @Test
    void fullQueuesAreDrainedInFullBatchesAndWithFewCopies() throws Exception {
        TestBroker broker = TestBroker.realOnly();
        broker.deleteTopology(Duration.ofSeconds(1), Duration.ofSeconds(2));
        try (SandboxServer sandbox =
                        SandboxServer.start(SandboxOptions.defaults().withPort(Settings.port()));
                AcknowledgementCounter counter = new AcknowledgementCounter(broker.host(), broker.port());
                Publisher publisher = new Publisher(broker.uri())) {
            Map<String, String> settings = Settings.of(broker.springProperties(), sandbox.uri());
            settings.put(
                    "spring.rabbitmq.host", InetAddress.getLoopbackAddress().getHostAddress());
            settings.put("spring.rabbitmq.port", String.valueOf(counter.port()));
            // The delivered prefetch: it decides how full batches are.
            settings.keySet().removeIf(name -> name.startsWith("cio.prefetch."));
            Ledger ledger = new Ledger(sandbox, COUNT);
            sandbox.reset();
            try (ServiceProcess service = ServiceProcess.start(settings)) {
                service.intake("pause");
                publisher.publish(ledger.messages(Message::mixed));
                long before = service.allocatedBytes();
                service.intake("resume");
                ledger.awaitAllDelivered();
                new Queues(broker.uri(), Settings.RETRY_DELAYS).awaitEmpty();
                long acknowledgements = counter.acknowledgements();
                long requests = sandbox.stats().requests();
                long bytes = (service.allocatedBytes() - before) / COUNT;
                System.out.printf(
                        "Drained %d: %d requests, %d acknowledgements, %d bytes a message%n",
                        COUNT, requests, acknowledgements, bytes);
                assertThat(acknowledgements).isBetween(1L, (long) COUNT / 1000 * ACKNOWLEDGEMENTS_PER_1000);
                assertThat(requests).isBetween((long) COUNT / 100, (long) COUNT / 1000 * REQUESTS_PER_1000);
                assertThat(bytes).isLessThan(BYTES_PER_MESSAGE);
                assertThat(ledger.duplicates()).isZero();
            }
        }
    }
}
