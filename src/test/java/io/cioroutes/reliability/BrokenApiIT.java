package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.command.CommandType;
import io.cioroutes.reliability.Queues.DeadLetter;
import io.cioroutes.reliability.RawApi.Answer;
import io.cioroutes.sandbox.ScriptedReply;
import io.cioroutes.sandbox.ScriptedReply.Action;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An API that does not answer, or not as HTTP has it. */
class BrokenApiIT extends ServiceScenarios {

    private static final int MANY = 2000;
    private static final int FEW = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private RawApi api;

    @Override
    void configure(Map<String, String> settings) {
        api = new RawApi(sandbox.port());
        settings.put("cio.customerio.track-url", api.uri().toString());
        settings.put("cio.customerio.app-url", api.uri().toString());
        settings.put("cio.http.response-timeout", "1500");
        settings.put("cio.http.connect-timeout", "500ms");
    }

    @BeforeEach
    void passOn() {
        api.passOn();
    }

    @AfterAll
    void closeApi() {
        if (api != null) {
            api.close();
        }
    }

    @Test
    void anApiThatHangsIsGivenUpAndTriedAgain() {
        Ledger ledger = new Ledger(sandbox, MANY);
        sandbox.script(ScriptedReply.action(Action.HANG).times(10));
        publisher.publish(ledger.messages(Message::mixed));
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void anEventThatWasTakenWithoutAnAnswerIsRepeatedUnderTheSameUlid() {
        int breaks = 10;
        Ledger ledger = new Ledger(sandbox, MANY);
        sandbox.script(
                ScriptedReply.action(Action.APPLY_THEN_RESET).times(breaks / 2),
                ScriptedReply.action(Action.APPLY_THEN_HANG).times(breaks / 2));
        publisher.publish(ledger.messages(Message::event));
        ledger.awaitAllDelivered();
        await().atMost(PATIENCE).until(() -> ledger.duplicates() >= breaks);
        assertThat(ledger.duplicates()).isLessThanOrEqualTo(breaks * 100);
        assertThat(ledger.recognized()).isEqualTo(ledger.duplicates());
        ledger.assertEventsCountedOnce(MANY);
    }

    @Test
    void aSendThatWasTakenWithoutAnAnswerIsAmbiguousAndNotRepeated() {
        int breaks = 8;
        Ledger ledger = new Ledger(sandbox, FEW);
        sandbox.script(
                ScriptedReply.action(Action.APPLY_THEN_RESET).times(breaks / 2),
                ScriptedReply.action(Action.APPLY_THEN_HANG).times(breaks / 2));
        publisher.publish(ledger.messages(Message::send));
        ledger.awaitAllDelivered();
        assertThat(awaitDeadLetters(CommandType.TRANSACTIONAL, breaks))
                .allMatch(letter -> "ambiguous".equals(letter.reason()));
        assertThat(ledger.duplicates()).isZero();
    }

    static Stream<Arguments> noAnswers() {
        return Stream.of(
                Arguments.of(
                        "no HTTP", Answer.text("SSH-2.0-OpenSSH_9.6\r\n\r\n").then(Socket::close)),
                Arguments.of("nothing, and a FIN", (Answer) Socket::close),
                Arguments.of("nothing, and half a connection", (Answer) Socket::shutdownOutput),
                Arguments.of("nothing, and a RST", (Answer) BrokenApiIT::reset),
                Arguments.of(
                        "half a body",
                        Answer.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
                                .then(Socket::close)),
                Arguments.of(
                        "a chunk that ends early",
                        Answer.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{")
                                .then(BrokenApiIT::reset)),
                Arguments.of("half a status line", Answer.text("HTTP/1.1 20")),
                Arguments.of(
                        "a maintenance page", Answer.ok("503 Service Unavailable", "text/html", "<html>Back soon")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void noAnswers(String name, Answer answer) {
        Ledger ledger = new Ledger(sandbox, FEW);
        api.answer(answer);
        publisher.publish(ledger.messages(Message::mixed));
        await().atMost(PATIENCE).until(() -> api.requests() >= 6);
        api.passOn();
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    static Stream<Arguments> successes() {
        return Stream.of(
                Arguments.of("not JSON", Answer.ok("200 OK", "application/json", "{\"this is\": not")),
                Arguments.of("HTML", Answer.ok("200 OK", "text/html", "<html>Welcome</html>")),
                Arguments.of("nothing", Answer.text("HTTP/1.1 204 No Content\r\n\r\n")),
                Arguments.of(
                        "a body up to the end of the connection",
                        Answer.text("HTTP/1.0 200 OK\r\n\r\n{}").then(Socket::close)),
                Arguments.of(
                        "100 first",
                        Answer.text("HTTP/1.1 100 Continue\r\n\r\n")
                                .then(Answer.ok("200 OK", "application/json", "{}"))),
                Arguments.of("20 MB", Answer.ok("200 OK", "application/json", "x".repeat(20_000_000))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void successes(String name, Answer answer) {
        Ledger ledger = new Ledger(sandbox, FEW);
        long before = service.settled("delivered");
        api.answer(answer);
        publisher.publish(ledger.messages(Message::mixed));
        await().atMost(PATIENCE).until(() -> service.settled("delivered") - before == FEW);
        assertThat(api.requests()).isPositive();
        api.passOn();
    }

    /**
     * Without {@code Connection: close} a client may use the connection in the moment in which it ends: then nobody knows
     * what became of the send. It may happen to a few, but no request is made twice.
     */
    @Test
    void aSendSurvivesConnectionsThatAreClosedAfterEachAnswer() {
        Ledger ledger = new Ledger(sandbox, FEW);
        long before = service.settled("delivered");
        Answer closing = Answer.ok("200 OK", "application/json", "{\"delivery_id\":\"x\",\"queued_at\":1}")
                .then(Socket::close);
        api.answer(closing);
        publisher.publish(ledger.messages(Message::send));
        await().atMost(PATIENCE)
                .until(() -> service.settled("delivered")
                                - before
                                + queues.ready(CommandType.TRANSACTIONAL.deadLetterQueue())
                        == FEW);
        List<DeadLetter> ambiguous = queues.takeDeadLetters(CommandType.TRANSACTIONAL);
        assertThat(ambiguous).hasSizeLessThan(FEW / 20).allMatch(letter -> "ambiguous".equals(letter.reason()));
        assertThat(api.requests()).isBetween(FEW - ambiguous.size(), FEW);
        api.passOn();
    }

    /** Each byte comes in time, the answer never does. */
    @Test
    void anAnswerThatTricklesEndsToo() {
        Ledger ledger = new Ledger(sandbox, FEW);
        Answer trickle = Answer.text("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                .then(socket -> {
                    while (!socket.isClosed()) {
                        Answer.text(" ").to(socket);
                        LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
                    }
                });
        api.answer(trickle);
        publisher.publish(ledger.messages(Message::mixed));
        await().atMost(PATIENCE).until(() -> api.requests() >= 6);
        api.passOn();
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }
}
