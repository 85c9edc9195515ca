package io.cioroutes.operations;

import io.cioroutes.command.CommandType;
import io.cioroutes.delivery.InFlight;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.rabbit.core.RabbitAdmin;

/**
 * Lets this instance take a command from its queue or not. Paused, it has settled what it had begun and takes nothing
 * more; the messages wait in the queue. A restart ends a pause.
 */
class CommandIntake {

    private static final Logger log = LoggerFactory.getLogger(CommandIntake.class);

    private final CamelContext camel;
    private final InFlight inFlight;
    private final RabbitAdmin admin;
    private final Pauses pauses;
    private final boolean hasRole;

    /** @param hasRole whether this instance is there for commands at all */
    CommandIntake(CamelContext camel, InFlight inFlight, RabbitAdmin admin, Pauses pauses, boolean hasRole) {
        this.camel = camel;
        this.inFlight = inFlight;
        this.admin = admin;
        this.pauses = pauses;
        this.hasRole = hasRole;
    }

    /**
     * A command as this instance sees it.
     *
     * @param command its name
     * @param state {@code running}, {@code paused}, or {@code elsewhere} where this instance has not the role
     *     {@code commands}
     * @param queue its queue
     * @param waiting messages in the queue that no consumer holds; null if the broker does not answer
     * @param inFlight messages that this instance has begun and not settled
     */
    record State(String command, String state, String queue, Integer waiting, int inFlight) {}

    /** Every command. */
    List<State> list() {
        return Arrays.stream(CommandType.values()).map(this::state).toList();
    }

    /** One command, or all for a name that is empty or {@code all}; stops it and says how it is then. */
    List<State> pause(String name) {
        return change(name, this::stop, "paused");
    }

    /** Likewise, takes it up again. */
    List<State> resume(String name) {
        return change(name, this::start, "resumed");
    }

    private void stop(CommandType type) throws Exception {
        pauses.paused(type.routingKey(), Users.current());
        camel.getRouteController().stopRoute(type.routingKey());
    }

    private void start(CommandType type) throws Exception {
        camel.getRouteController().startRoute(type.routingKey());
        pauses.resumed(type.routingKey());
    }

    private interface Change {
        void to(CommandType type) throws Exception;
    }

    private List<State> change(String name, Change change, String what) {
        if (!hasRole) {
            throw new IllegalStateException("This instance has not the role 'commands' (cio.roles): ask one that has.");
        }
        List<CommandType> types = named(name);
        for (CommandType type : types) {
            try {
                change.to(type);
            } catch (Exception e) {
                throw new IllegalStateException(
                        "The command " + type.routingKey() + " could not be " + what + ": " + e.getMessage(), e);
            }
            log.info("Command {} {} by {}", type.routingKey(), what, Users.current());
        }
        return types.stream().map(this::state).toList();
    }

    private static List<CommandType> named(String name) {
        String wanted = name == null ? "" : name.strip();
        if (wanted.isEmpty() || wanted.equals("all")) {
            return List.of(CommandType.values());
        }
        return List.of(CommandType.ofRoutingKey(wanted)
                .orElseThrow(() -> new IllegalArgumentException("There is no command '" + wanted + "'; there are "
                        + Arrays.stream(CommandType.values())
                                .map(CommandType::routingKey)
                                .toList())));
    }

    private State state(CommandType type) {
        ServiceStatus status = camel.getRouteController().getRouteStatus(type.routingKey());
        String state = !hasRole ? "elsewhere" : status != null && status.isStarted() ? "running" : "paused";
        return new State(type.routingKey(), state, type.queue(), waiting(type.queue()), inFlight.size(type.queue()));
    }

    private Integer waiting(String queue) {
        try {
            QueueInformation information = admin.getQueueInfo(queue);
            return information == null ? null : information.getMessageCount();
        } catch (AmqpException e) {
            log.debug("The broker does not say how many messages wait in {}", queue, e);
            return null;
        }
    }
}
