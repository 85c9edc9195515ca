package io.cioroutes.operations;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/** {@link CommandIntake} over HTTP, under {@code /actuator/commands}. */
@WebEndpoint(id = "commands")
class CommandsEndpoint {

    private final CommandIntake intake;

    CommandsEndpoint(CommandIntake intake) {
        this.intake = intake;
    }

    /** {@code GET /}: every command with its state. */
    @ReadOperation
    WebEndpointResponse<?> list() {
        return Answers.of(() -> commands(intake.list()));
    }

    /** {@code POST /} with {@code {"action": "pause"|"resume"}}: all commands. */
    @WriteOperation
    WebEndpointResponse<?> changeAll(String action) {
        return change("all", action);
    }

    /** {@code POST /<command>} likewise: one. */
    @WriteOperation
    WebEndpointResponse<?> change(@Selector String command, String action) {
        Supplier<List<CommandIntake.State>> change =
                switch (action) {
                    case "pause" -> () -> intake.pause(command);
                    case "resume" -> () -> intake.resume(command);
                    default ->
                        () -> {
                            throw new IllegalArgumentException(
                                    "action is '" + action + "', but must be pause or resume");
                        };
                };
        return Answers.of(() -> commands(change.get()));
    }

    private static Map<String, Object> commands(List<CommandIntake.State> states) {
        return Map.of("commands", states);
    }
}
