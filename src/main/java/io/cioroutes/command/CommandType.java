package io.cioroutes.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The commands that publishers can send. The lower-case name is the routing key and the name of the schema. */
public enum CommandType {
    /** Creates or updates a person. */
    IDENTIFY,
    /** Records an event, a page view or a screen view, of a person or of an anonymous visitor. */
    TRACK,
    /** Sends one transactional message. */
    TRANSACTIONAL,
    /** Triggers an API-triggered broadcast. */
    BROADCAST,
    /** Deletes a person and refuses them from then on. */
    SUPPRESS,
    /** Lifts a suppression. */
    UNSUPPRESS,
    /** Deletes a person, who may come back. */
    DELETE,
    /** Mirrors a user of the publisher's own system, with opt-outs and deletion. */
    USER,
    /** Any operation of the Track v2 API, as the API documents it. */
    ENTITY;

    private static final Map<String, CommandType> BY_ROUTING_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(CommandType::routingKey, Function.identity()));

    private final String routingKey = name().toLowerCase(Locale.ROOT);
    private final String queue = "cio." + routingKey;

    /** The routing key on the exchange {@code cio}, for example {@code identify}. */
    public String routingKey() {
        return routingKey;
    }

    /** The queue of this command, for example {@code cio.identify}. */
    public String queue() {
        return queue;
    }

    /** The queue for messages of this command that cannot be delivered, for example {@code cio.identify.dlq}. */
    public String deadLetterQueue() {
        return queue + ".dlq";
    }

    /** The command with this routing key, or empty when there is none. */
    public static Optional<CommandType> ofRoutingKey(String routingKey) {
        return Optional.ofNullable(routingKey).map(BY_ROUTING_KEY::get);
    }
}
