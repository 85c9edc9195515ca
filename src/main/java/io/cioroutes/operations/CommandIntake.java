package io.cioroutes.operations;

import io.cioroutes.broker.FlowTopology;
import io.cioroutes.command.CommandType;
import io.cioroutes.delivery.InFlight;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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
    private final FlowTopology flows;
    private final boolean hasRole;

    /** @param hasRole whether this instance is there for commands at all */
    CommandIntake(
            CamelContext camel,
            InFlight inFlight,
            RabbitAdmin admin,
            Pauses pauses,
            FlowTopology flows,
            boolean hasRole) {
        this.camel = camel;
        this.inFlight = inFlight;
        this.admin = admin;
        this.pauses = pauses;
        this.flows = flows;
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

    /** Every command and every flow. */
    List<State> list() {
        return all().map(this::state).toList();
    }

    /** One command, or all for a name that is empty or {@code all}; stops it and says how it is then. */
    List<State> pause(String name) {
        return change(name, this::stop, "paused");
    }

    /** Likewise, takes it up again. */
    List<State> resume(String name) {
        return change(name, this::start, "resumed");
    }

    private void stop(Intake intake) throws Exception {
        pauses.paused(intake.name(), Users.current());
        camel.getRouteController().stopRoute(intake.name());
    }

    private void start(Intake intake) throws Exception {
        camel.getRouteController().startRoute(intake.name());
        pauses.resumed(intake.name());
    }

    private interface Change {
        void to(Intake intake) throws Exception;
    }

    private List<State> change(String name, Change change, String what) {
        if (!hasRole) {
            throw new IllegalStateException("This instance has not the role 'commands' (cio.roles): ask one that has.");
        }
        List<Intake> intakes = named(name);
        for (Intake intake : intakes) {
            try {
                change.to(intake);
            } catch (Exception e) {
                throw new IllegalStateException(
                        "The command " + intake.name() + " could not be " + what + ": " + e.getMessage(), e);
            }
            log.info("Command {} {} by {}", intake.name(), what, Users.current());
        }
        return intakes.stream().map(this::state).toList();
    }

    /** A way in: the commands, and the flows that routes add. Its name is the id of its route. */
    private record Intake(String name, String queue) {}

    private Stream<Intake> all() {
        Stream<Intake> commands =
                Arrays.stream(CommandType.values()).map(type -> new Intake(type.routingKey(), type.queue()));
        Stream<Intake> flows = camel.getRoutes().stream().flatMap(route -> FinishFirst.queues(route)
                .filter(this.flows::isFlow)
                .map(queue -> new Intake(route.getRouteId(), queue)));
        return Stream.concat(commands, flows);
    }

    private List<Intake> named(String name) {
        String wanted = name == null ? "" : name.strip();
        List<Intake> named = all().filter(intake -> wanted.isEmpty()
                        || wanted.equals("all")
                        || intake.name().equals(wanted))
                .toList();
        if (named.isEmpty()) {
            throw new IllegalArgumentException("There is no command '" + wanted + "'; there are "
                    + all().map(Intake::name).toList());
        }
        return named;
    }

    private State state(Intake intake) {
        ServiceStatus status = camel.getRouteController().getRouteStatus(intake.name());
        String state = !hasRole ? "elsewhere" : status != null && status.isStarted() ? "running" : "paused";
        return new State(intake.name(), state, intake.queue(), waiting(intake.queue()), inFlight.size(intake.queue()));
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
