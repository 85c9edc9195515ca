package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.command.CommandType;
import io.cioroutes.reliability.Queues.DeadLetter;
import io.cioroutes.sandbox.Fault;
import io.cioroutes.sandbox.ScriptedReply;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Customer.io can do to the service. One process lives through all of it. */
class ApiOutageIT extends ServiceScenarios {

    private static final int MANY = 3000;
    /** How long an outage lasts: many times longer than all quick attempts together. */
    private static final Duration OUTAGE = Duration.ofSeconds(30);

    private static final Duration SHORT_OUTAGE = Duration.ofSeconds(10);
    /** Promised: within seconds of recovery. The probe interval is 2 s; the rest is for a slow machine. */
    private static final Duration RECOVERY = Duration.ofSeconds(5);

    @Override
    void configure(Map<String, String> settings) {
        settings.put("cio.delivery.give-up-after", "5s");
        settings.put("cio.delivery.max-retry-after", "4s");
        settings.put("cio.http.response-timeout", "2000");
    }

    @Test
    void anOutageWith503HoldsEverythingAndDeadLettersNothing() {
        Ledger ledger = new Ledger(sandbox, MANY);
        sandbox.fault(Fault.status(503));
        publisher.publish(ledger.messages(Message::mixed));
        holdsAtMostThePrefetch(OUTAGE, CommandType.IDENTIFY, CommandType.TRACK);

        sandbox.fault();
        await().atMost(RECOVERY).until(() -> ledger.delivered() > 0);
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void anOutageWithRefusedConnectionsHoldsEverythingAndDeadLettersNothing() {
        Ledger ledger = new Ledger(sandbox, MANY);
        sandbox.stopListening();
        publisher.publish(ledger.messages(seq -> seq % 10 == 0 ? Message.send(seq) : Message.mixed(seq)));
        holdsAtMostThePrefetch(SHORT_OUTAGE, CommandType.IDENTIFY, CommandType.TRACK, CommandType.TRANSACTIONAL);

        sandbox.listenAgain();
        await().atMost(RECOVERY).until(() -> ledger.delivered() > 0);
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    /** What is not ready in its queue is held in memory. Nothing is delivered, parked or dead-lettered meanwhile. */
    private void holdsAtMostThePrefetch(Duration outage, CommandType... types) {
        await().during(outage).atMost(outage.plusSeconds(20)).untilAsserted(() -> {
            long ready = 0;
            for (CommandType type : types) {
                ready += queues.ready(type.queue());
            }
            assertThat(MANY - ready).isBetween(1L, (long) types.length * Settings.PREFETCH);
            assertThat(queues.filled().keySet())
                    .isSubsetOf(Arrays.stream(types).map(CommandType::queue).toList());
        });
    }

    @Test
    void oneCallInTenAnswered503() {
        Ledger ledger = new Ledger(sandbox, MANY);
        sandbox.fault(Fault.status(503).ratio(0.1));
        publisher.publish(ledger.messages(Message::mixed));
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void aPoisonMessageAnswered503IsTheOnlyOneGivenUp() {
        Ledger ledger = new Ledger(sandbox, MANY);
        int poison = ledger.first() + 1000;
        sandbox.script(ScriptedReply.status(503).contains("poison").times(-1));
        publisher.publish(ledger.messages(seq -> seq == poison ? Message.event(seq, "poison") : Message.mixed(seq)));
        ledger.awaitAllDelivered(poison);
        DeadLetter letter = awaitDeadLetters(CommandType.TRACK, 1).get(0);
        assertThat(letter.id()).isEqualTo("track-" + poison);
        assertThat(letter.reason()).isEqualTo("exhausted");
        assertThat(letter.status()).isEqualTo(503);
        assertThat(letter.attempts()).isGreaterThan(3);
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void aPoisonMessageForWhichABatchIsRefusedIsTheOnlyOneRejected() {
        Ledger ledger = new Ledger(sandbox, MANY);
        int poison = ledger.first() + 1000;
        sandbox.script(ScriptedReply.status(400)
                .body("{\"errors\":[{\"reason\":\"invalid\",\"message\":\"poison\"}]}")
                .contains("poison")
                .times(-1));
        publisher.publish(ledger.messages(seq -> seq == poison ? Message.person(seq, "poison") : Message.mixed(seq)));
        ledger.awaitAllDelivered(poison);
        DeadLetter letter = awaitDeadLetters(CommandType.IDENTIFY, 1).get(0);
        assertThat(letter.id()).isEqualTo("identify-" + poison);
        assertThat(letter.reason()).isEqualTo("rejected");
        assertThat(letter.status()).isEqualTo(400);
        assertThat(letter.error()).contains("poison");
        assertThat(ledger.duplicates()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 307})
    void whatConcernsTheServiceItselfPausesItAndHurtsNoMessage(int status) {
        Ledger ledger = new Ledger(sandbox, MANY);
        sandbox.fault(Fault.status(status));
        publisher.publish(ledger.messages(Message::mixed));
        await().atMost(RECOVERY)
                .until(() -> "DOWN".equals(service.health().path("status").asText()));
        assertThat(service.health().toString()).contains(String.valueOf(status));
        await().during(Duration.ofSeconds(6)).atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            assertThat(queues.parked()).isZero();
            assertThat(queues.ready(CommandType.TRACK.deadLetterQueue())).isZero();
            assertThat(queues.ready(CommandType.IDENTIFY.deadLetterQueue())).isZero();
        });

        sandbox.fault();
        await().atMost(RECOVERY).until(() -> ledger.delivered() > 0);
        ledger.awaitAllDelivered();
        await().until(() -> "UP".equals(service.health().path("status").asText()));
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void aRetryAfterInSecondsIsWaitedFor() {
        waitsFor("3");
    }

    @Test
    void aRetryAfterAsADateIsWaitedFor() {
        waitsFor(DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(4)));
    }

    private void waitsFor(String retryAfter) {
        Ledger ledger = new Ledger(sandbox, 1);
        sandbox.script(ScriptedReply.status(429).header("Retry-After", retryAfter));
        publisher.publish(ledger.messages(Message::event));
        ledger.awaitAllDelivered();
        var requests = sandbox.requests();
        assertThat(requests).hasSize(2);
        assertThat(Duration.between(requests.get(0).at(), requests.get(1).at()))
                .isBetween(Duration.ofMillis(2500), Duration.ofSeconds(5));
    }

    @Test
    void aRetryAfterThatIsTooLongParksTheMessage() {
        Ledger ledger = new Ledger(sandbox, 1);
        sandbox.script(ScriptedReply.status(503).header("Retry-After", "3600"));
        publisher.publish(ledger.messages(Message::event));
        await().atMost(RECOVERY).until(() -> queues.parked() == 1);
        ledger.awaitAllDelivered();
        assertThat(sandbox.requests()).hasSize(2);
    }

    @Test
    void aMessageNowAndThenDuringAnOutageIsNotDeadLetteredEither() {
        Ledger ledger = new Ledger(sandbox, 8);
        sandbox.fault(Fault.status(503));
        for (int i = 0; i < 8; i++) {
            publisher.publish(Message.event(ledger.first() + i));
            await().during(Duration.ofSeconds(2)).until(() -> true);
        }
        sandbox.fault();
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void aDeletedDeadLetterQueueComesBackAndTakesAll() {
        queues.delete(CommandType.IDENTIFY.deadLetterQueue());
        Ledger ledger = new Ledger(sandbox, MANY);
        publisher.publish(ledger.messages(seq -> seq % 3 == 0 ? Message.invalid(seq) : Message.event(seq)));
        assertThat(awaitDeadLetters(CommandType.IDENTIFY, MANY / 3))
                .allMatch(letter -> "invalid".equals(letter.reason()))
                .extracting(DeadLetter::id)
                .doesNotHaveDuplicates();
        ledger.awaitDelivered(MANY - MANY / 3);
    }
}
