package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.command.CommandType;
import io.cioroutes.reliability.Queues.DeadLetter;
import io.cioroutes.sandbox.ScriptedReply;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages that make trouble on their way into a dead-letter queue. */
class AwkwardMessagesIT extends ServiceScenarios {

    @Override
    void configure(Map<String, String> settings) {
        settings.put("cio.delivery.confirm-timeout", "5s");
    }

    @Test
    void tenThousandViolations() {
        String body = IntStream.range(0, 10_000)
                .mapToObj(i -> "\"field-" + i + "\":1")
                .collect(Collectors.joining(",", "{", "}"));
        publisher.publish(new Message("identify", "many", body.getBytes(StandardCharsets.UTF_8)));
        DeadLetter letter = awaitDeadLetters(CommandType.IDENTIFY, 1).get(0);
        assertThat(letter.reason()).isEqualTo("invalid");
    }

    /** AMQP sends all headers in one frame, of 128 kB at most on RabbitMQ: no room is left for the reason. */
    @Test
    void headersThatFillAFrame() {
        byte[] body = "not JSON".getBytes(StandardCharsets.UTF_8);
        publisher.publish(new Message("identify", "headers", body)
                .with(properties -> properties.headers(Map.of("small", 1, "large", "x".repeat(130_900)))));
        DeadLetter letter = awaitDeadLetters(CommandType.IDENTIFY, 1).get(0);
        assertThat(letter.reason()).isEqualTo("invalid");
        assertThat(letter.message().getBody()).isEqualTo(body);
        assertThat(letter.message().getProps().getHeaders())
                .containsEntry("small", 1)
                .doesNotContainKey("large")
                .containsEntry("x-cio-headers-left-out", 1);
    }

    /** JSON of the kind that takes most memory once it is read, many times its own size. */
    @Test
    void aBodyOf60Megabytes() {
        byte[] body = ("{\"userId\":\"1\",\"name\":\"x\",\"data\":{\"items\":[" + "{},".repeat(20_000_000) + "{}]}}")
                .getBytes(StandardCharsets.UTF_8);
        publisher.publish(new Message("track", "large", body));
        DeadLetter letter = awaitDeadLetters(CommandType.TRACK, 1).get(0);
        assertThat(letter.reason()).isEqualTo("invalid");
        assertThat(letter.message().getBody()).isEqualTo(body);
    }

    @Test
    void thousandRejectedSendsThatWantAReply() {
        int count = 1000;
        Ledger ledger = new Ledger(sandbox, count);
        sandbox.script(ScriptedReply.status(400).times(-1));
        String replies = queues.declareTemporary();
        publisher.publish(ledger.messages(seq ->
                Message.send(seq).with(properties -> properties.replyTo(replies).correlationId("c" + seq))));
        assertThat(awaitDeadLetters(CommandType.TRANSACTIONAL, count))
                .allMatch(letter -> "rejected".equals(letter.reason()));
        assertThat(queues.ready(replies)).isEqualTo(count);
        queues.delete(replies);
    }
}
