package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.broker.TestBroker;
import io.cioroutes.command.CommandType;
import io.cioroutes.reliability.Queues.DeadLetter;
import io.cioroutes.sandbox.Fault;
import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import io.cioroutes.sandbox.ScriptedReply;
import io.cioroutes.sandbox.ScriptedReply.Action;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Transactional messages, which Customer.io cannot recognize when they come twice, with the store in a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SendOnceIT {

    private static final int MANY = 4000;
    private static final String DEAD_LETTERS = CommandType.TRANSACTIONAL.deadLetterQueue();

    private SandboxServer sandbox;
    private SendDatabase database;
    private Publisher publisher;
    private Queues queues;
    private Map<String, String> settings;
    private ServiceProcess service;

    @BeforeAll
    void start() throws IOException {
        TestBroker broker = TestBroker.realOnly();
        broker.deleteTopology(Duration.ofSeconds(1), Duration.ofSeconds(2));
        sandbox = SandboxServer.start(SandboxOptions.defaults().withPort(Settings.port()));
        database = new SendDatabase();
        settings = Settings.of(broker.springProperties(), sandbox.uri());
        settings.putAll(database.settings());
        // What was being sent when a process died is ambiguous after connect-timeout + 2 response-timeout.
        settings.put("cio.http.connect-timeout", "500ms");
        settings.put("cio.http.response-timeout", "1500");
        publisher = new Publisher(broker.uri());
        queues = new Queues(broker.uri(), Settings.RETRY_DELAYS);
        service = ServiceProcess.start(settings);
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.terminate();
            queues.awaitEmpty();
            publisher.close();
            sandbox.close();
            database.close();
        }
    }

    @Test
    void noSendIsMadeTwiceWhateverHappens() {
        Ledger ledger = new Ledger(sandbox, MANY);
        sandbox.fault(
                Fault.latency(10),
                Fault.status(503).ratio(0.04),
                Fault.status(504).ratio(0.01),
                Fault.resetting().ratio(0.01),
                Fault.hanging().ratio(0.002));
        sandbox.script(
                ScriptedReply.action(Action.APPLY_THEN_RESET).times(20),
                ScriptedReply.action(Action.APPLY_THEN_HANG).times(5));
        CompletableFuture<Void> load = publisher.publishInBackground(ledger.messages(Message::send));
        for (int delivered : List.of(MANY / 5, MANY / 2)) {
            ledger.awaitDelivered(delivered);
            service.kill();
            service = ServiceProcess.start(settings);
        }
        ledger.awaitDelivered(MANY * 2 / 3);
        database.closeSessions();
        load.join();
        sandbox.fault();
        await().atMost(Duration.ofSeconds(90)).until(this::nothingButDeadLetters);

        List<DeadLetter> letters = queues.takeDeadLetters(CommandType.TRANSACTIONAL);
        assertThat(letters).allMatch(letter -> "ambiguous".equals(letter.reason()));
        // Two copies of what was killed between the broker's confirm of the first and the acknowledgement.
        assertThat(letters.size()
                        - letters.stream().map(DeadLetter::id).distinct().count())
                .isLessThanOrEqualTo(2 * Settings.SENDS_PREFETCH);
        List<Integer> notSent = ledger.missing();
        assertThat(letters.stream().map(SendOnceIT::number).toList()).containsAll(notSent);
        System.out.printf(
                "[send once] %d of %d sent, %d ambiguous, of which %d were not sent%n",
                ledger.delivered(), MANY, letters.size(), notSent.size());

        // An operator replays those that have not gone out; on a slow machine an answer can be too late once more.
        for (int round = 1; !ledger.missing().isEmpty() && round <= 3; round++) {
            publisher.publish(ledger.missing().stream().map(Message::send).toList());
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> ledger.missing().isEmpty() || queues.ready(DEAD_LETTERS) > 0);
            await().atMost(Duration.ofSeconds(90)).until(this::nothingButDeadLetters);
            assertThat(queues.takeDeadLetters(CommandType.TRANSACTIONAL))
                    .allMatch(letter -> "ambiguous".equals(letter.reason()));
        }
        assertThat(ledger.missing()).isEmpty();
        assertThat(ledger.duplicates()).isZero();
    }

    private boolean nothingButDeadLetters() {
        return Set.of(DEAD_LETTERS).containsAll(queues.filled().keySet()) && service.held() == 0;
    }

    private static int number(DeadLetter letter) {
        return Integer.parseInt(letter.id().replace("transactional-", ""));
    }

    @Test
    void anAmbiguousSendCanBeReplayed() {
        Ledger ledger = new Ledger(sandbox, 1);
        sandbox.script(ScriptedReply.action(Action.RESET));
        publisher.publish(ledger.messages(Message::send));
        await().atMost(Duration.ofSeconds(30)).until(() -> queues.ready(DEAD_LETTERS) == 1);
        assertThat(queues.takeDeadLetters(CommandType.TRANSACTIONAL).get(0).reason())
                .isEqualTo("ambiguous");
        publisher.publish(ledger.messages(Message::send));
        ledger.awaitAllDelivered();

        // Once it is sent, another copy of it is acknowledged without a word.
        long before = service.settled("repeated");
        publisher.publish(ledger.messages(Message::send));
        await().atMost(Duration.ofSeconds(30)).until(() -> service.settled("repeated") == before + 1);
        assertThat(ledger.duplicates()).isZero();
    }
}
