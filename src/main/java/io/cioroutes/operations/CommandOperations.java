package io.cioroutes.operations;

import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedOperationParameter;
import org.springframework.jmx.export.annotation.ManagedResource;

/** {@link CommandIntake} as an MBean. Results are JSON. */
@ManagedResource(
        objectName = "io.cioroutes:type=Commands",
        description = "Whether this instance takes commands from their queues: list, pause, resume")
public class CommandOperations {

    private static final String COMMAND = "For example broadcast; empty for all";

    private final CommandIntake intake;

    CommandOperations(CommandIntake intake) {
        this.intake = intake;
    }

    /** Every command with its state. */
    @ManagedOperation(description = "Lists the commands: state, messages waiting, messages in flight")
    public String list() {
        return Json.text(intake.list());
    }

    /** Pauses one or all. */
    @ManagedOperation(description = "Finishes what has begun and takes nothing more; the messages wait in the queue")
    @ManagedOperationParameter(name = "command", description = COMMAND)
    public String pause(String command) {
        return Json.text(intake.pause(command));
    }

    /** Resumes one or all. */
    @ManagedOperation(description = "Takes messages again")
    @ManagedOperationParameter(name = "command", description = COMMAND)
    public String resume(String command) {
        return Json.text(intake.resume(command));
    }
}
