package io.cioroutes.delivery;

import io.cioroutes.command.CommandTranslator;
import io.cioroutes.command.InvalidCommandException;
import io.cioroutes.tracing.Tracing;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * First step of every flow: takes the delivery over, and from then on sees to it that the message is settled. In: the
 * bytes of a JSON object. Out: that object, for the mapping that follows.
 *
 * <p>Fails with {@link InvalidCommandException} where the message is no JSON object.
 */
final class FlowReceiver implements Processor {

    private static final Logger log = LoggerFactory.getLogger(FlowReceiver.class);

    private final Seal seal;
    private final InFlight inFlight;
    private final Tracing tracing;
    private final Supplier<ProducerTemplate> routes;

    FlowReceiver(Seal seal, InFlight inFlight, Tracing tracing, Supplier<ProducerTemplate> routes) {
        this.seal = seal;
        this.inFlight = inFlight;
        this.tracing = tracing;
        this.routes = routes;
    }

    @Override
    public void process(Exchange exchange) throws InvalidCommandException {
        Command command = CommandReceiver.takeOver(exchange, exchange.getFromRouteId(), seal, inFlight, tracing);
        if (command != null) {
            exchange.getExchangeExtension().addOnCompletion(new Unfinished(command, routes));
            exchange.getMessage()
                    .setBody(CommandTranslator.read(command.delivery().body()));
        }
    }

    /**
     * For a route that ends without having handed the message over (a branch was forgotten): nobody would settle it, and
     * after 30 minutes RabbitMQ would close the channel. It becomes a dead letter, so that somebody sees it.
     */
    private static final class Unfinished extends SynchronizationAdapter {
        private final Command command;
        private final Supplier<ProducerTemplate> routes;

        Unfinished(Command command, Supplier<ProducerTemplate> routes) {
            this.command = command;
            this.routes = routes;
        }

        @Override
        public void onDone(Exchange exchange) {
            if (command.translation() != null || !command.delivery().isOpen()) {
                return;
            }
            String text = "the route '" + command.name() + "' ended without handing the message to direct:deliver;"
                    + " to pass a message over on purpose, hand over an empty list";
            LoggedMessage.about(command, () -> log.error("{}: {}", command, text));
            command.failedFor(new Failure(Failure.Reason.INVALID, 0, text));
            // That route repeats the copy until the broker has it; until then the original stays unacknowledged.
            routes.get().asyncSendBody("direct:dead-letter", command);
        }
    }
}
