package io.cioroutes.delivery;

import com.rabbitmq.client.Channel;
import io.cioroutes.command.CommandTranslator;
import io.cioroutes.command.CommandType;
import io.cioroutes.command.InvalidCommandException;
import io.cioroutes.tracing.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.springframework.amqp.core.MessageProperties;

/**
 * First step of every command route: takes the delivery over, validates its body against the command's schema and turns
 * it into operations of the API. In: the bytes of the message. Out: a {@link Command}.
 *
 * <p>Fails with {@link InvalidCommandException}, which names every violation.
 */
final class CommandReceiver implements Processor {

    private final CommandType type;
    private final CommandTranslator translator;
    private final Seal seal;
    private final InFlight inFlight;
    private final Tracing tracing;

    CommandReceiver(CommandType type, CommandTranslator translator, Seal seal, InFlight inFlight, Tracing tracing) {
        this.type = type;
        this.translator = translator;
        this.seal = seal;
        this.inFlight = inFlight;
        this.tracing = tracing;
    }

    @Override
    public void process(Exchange exchange) throws InvalidCommandException {
        Command command = takeOver(exchange, type.routingKey(), seal, inFlight, tracing);
        if (command != null) {
            command.translated(translator.translate(type, command.delivery().body(), command.facts()));
            exchange.getMessage().setBody(command);
        }
    }

    /**
     * Takes over the delivery of an exchange.
     *
     * @param name what the command is called in logs and metrics
     * @return null if nothing new may be begun: then the exchange ends here, and the message stays in its queue
     */
    static Command takeOver(Exchange exchange, String name, Seal seal, InFlight inFlight, Tracing tracing) {
        var properties = exchange.getProperty(DeliveryPropertiesConverter.PROPERTIES, MessageProperties.class);
        if (inFlight.isHeldBack(properties.getConsumerQueue())) {
            // Not begun, not settled: the message is back in its queue when the channel closes.
            exchange.setRouteStop(true);
            return null;
        }
        var channel = exchange.getProperty(SpringRabbitMQConstants.CHANNEL, Channel.class);
        byte[] content = exchange.getMessage().getBody(byte[].class);
        byte[] body = content == null ? new byte[0] : content;
        var delivery = new Delivery(channel, properties, body, inFlight);
        if (tracing.isOn()) {
            delivery.follow(begin(properties, tracing));
        }
        var command = new Command(name, delivery, RetryHeaders.of(properties, body, seal));
        Commands.attach(exchange, command);
        return command;
    }

    private static Span begin(MessageProperties properties, Tracing tracing) {
        Span span =
                tracing.receive("process " + properties.getConsumerQueue(), SpanKind.CONSUMER, properties.getHeaders());
        span.setAttribute("messaging.system", "rabbitmq");
        span.setAttribute("messaging.destination.name", properties.getConsumerQueue());
        if (properties.getMessageId() != null) {
            span.setAttribute("messaging.message.id", properties.getMessageId());
        }
        return span;
    }
}
