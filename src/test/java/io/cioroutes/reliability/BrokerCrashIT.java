package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.command.CommandType;
import io.cioroutes.reliability.Queues.DeadLetter;
import io.cioroutes.sandbox.Fault;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The broker goes away in the middle of the work, closes connections, or takes nothing more. */
class BrokerCrashIT extends CrashScenarios {

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
        assertThat(services.peek().log())
                .contains("The connection to the broker at ", "Connected to the broker again")
                .doesNotContain("\tat ");
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
        await().during(Duration.ofSeconds(6)).atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
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
