package io.cioroutes.delivery;

import io.cioroutes.command.CommandTranslator;
import io.cioroutes.command.InvalidCommandException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Last step of every flow: what its mapping made becomes operations of the API. In: a list of commands, or one, each
 * with its name in the field {@code command}. Out: a {@link Command}. An empty list means that there is nothing to do;
 * the message is acknowledged.
 *
 * <p>Fails with {@link InvalidCommandException}, which names every violation.
 */
final class FlowTranslator implements Processor {

    private final CommandTranslator translator;
    private final DeliveryMetrics metrics;

    FlowTranslator(CommandTranslator translator, DeliveryMetrics metrics) {
        this.translator = translator;
        this.metrics = metrics;
    }

    @Override
    public void process(Exchange exchange) throws InvalidCommandException {
        Command command = Commands.of(exchange).get(0);
        if (command.translation() != null) {
            throw InvalidCommandException.because("the route '" + command.name()
                    + "' hands one message to direct:deliver more than once; hand over one list of commands");
        }
        command.translated(translator.translateAll(exchange.getMessage().getBody(), command.facts()));
        exchange.getMessage().setBody(command);
        if (command.translation().operations().isEmpty()) {
            if (command.delivery().ack()) {
                metrics.ignored(command);
            }
            exchange.setRouteStop(true);
        }
    }
}
