package io.cioroutes.delivery;

import io.cioroutes.command.CommandType;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What routes can name and is no bean of Spring's: the first steps of commands, and threads. */
public final class RouteBeans {

    static final String TRACK_CALLS = "trackCalls";
    static final String MESSAGE_CALLS = "messageCalls";
    static final String BROADCAST_CALLS = "broadcastCalls";
    /** The database that the route user-sync polls. */
    public static final String USERS_DATABASE = "usersDatabase";

    /** Where commands, and where webhooks, wait for their next attempt. */
    static final String REDELIVERIES = "redeliveries";

    static final String WEBHOOK_REDELIVERIES = "webhookRedeliveries";

    private RouteBeans() {}

    /** All of these names. */
    public static Set<String> names() {
        return Stream.concat(
                        Arrays.stream(CommandType.values()).map(CommandType::routingKey),
                        Stream.of(
                                TRACK_CALLS,
                                MESSAGE_CALLS,
                                BROADCAST_CALLS,
                                REDELIVERIES,
                                WEBHOOK_REDELIVERIES,
                                USERS_DATABASE))
                .collect(Collectors.toUnmodifiableSet());
    }
}
