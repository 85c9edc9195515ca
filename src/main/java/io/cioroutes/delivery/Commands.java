package io.cioroutes.delivery;

import java.util.List;
import org.apache.camel.Exchange;

/** Finds the commands that an exchange is about, wherever in its life it is. */
final class Commands {

    private static final String PROPERTY = "CioCommand";

    private Commands() {}

    /** Notes the command of an exchange as soon as there is one, so that a failure finds it. */
    static void attach(Exchange exchange, Command command) {
        exchange.setProperty(PROPERTY, command);
    }

    /** The command in the body, else those of the exchange's request, else the one noted at receipt. */
    static List<Command> of(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Command command) {
            return List.of(command);
        }
        ApiRequest request = ApiRequest.ofNullable(exchange);
        if (request != null) {
            return List.copyOf(request.commands());
        }
        Command command = exchange.getProperty(PROPERTY, Command.class);
        if (command == null) {
            throw new IllegalStateException("the exchange is about no command: does its route begin with one?");
        }
        return List.of(command);
    }
}
