package io.cioroutes.reliability;

import com.rabbitmq.client.AMQP;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A command with a number: {@code seq} goes with it to Customer.io, where the sandbox counts it, and names the message.
 *
 * @param command routing key
 * @param body JSON
 * @param properties AMQP properties, with the message id
 */
record Message(String command, byte[] body, AMQP.BasicProperties properties) {

    /** People that the commands are about; more would only cost memory. */
    private static final int PEOPLE = 500;

    Message(String command, String id, byte[] body) {
        this(
                command,
                body,
                new AMQP.BasicProperties.Builder()
                        .deliveryMode(2)
                        .contentType("application/json")
                        .messageId(id)
                        .build());
    }

    /** The same with further properties. */
    Message with(Consumer<AMQP.BasicProperties.Builder> more) {
        AMQP.BasicProperties.Builder builder = properties.builder();
        more.accept(builder);
        return new Message(command, body, builder.build());
    }

    /** Customer.io takes a person as it comes: a second time changes nothing. */
    static Message person(int seq) {
        return person(seq, "");
    }

    /** The same with a text to recognize it by. */
    static Message person(int seq, String mark) {
        return of("identify", seq, "{\"userId\":\"%s\",\"attrs\":{\"seq\":%d,\"mark\":\"%s\"}}", user(seq), seq, mark);
    }

    static Message event(int seq) {
        return event(seq, "");
    }

    static Message event(int seq, String mark) {
        return of(
                "track",
                seq,
                "{\"userId\":\"%s\",\"name\":\"order\",\"data\":{\"seq\":%d,\"mark\":\"%s\"}}",
                user(seq),
                seq,
                mark);
    }

    /** Customer.io sends an e-mail for each that it takes. */
    static Message send(int seq) {
        return of(
                "transactional",
                seq,
                "{\"to\":\"%s@example.com\",\"templateId\":1,\"identifiers\":{\"id\":\"%s\"},\"data\":{\"seq\":%d}}",
                user(seq),
                user(seq),
                seq);
    }

    /** People and events in turn. */
    static Message mixed(int seq) {
        return seq % 2 == 0 ? person(seq) : event(seq);
    }

    /** Not a command: {@code attrs} is missing. */
    static Message invalid(int seq) {
        return of("identify", seq, "{\"userId\":\"%s\",\"seq\":%d}", user(seq), seq);
    }

    private static Message of(String command, int seq, String json, Object... values) {
        return new Message(command, command + "-" + seq, json.formatted(values).getBytes(StandardCharsets.UTF_8));
    }

    private static String user(int seq) {
        return "user-" + seq % PEOPLE;
    }
}
