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
        var properties = exchange.getProperty(DeliveryPropertiesConverter.PROPERTIES, MessageProperties.class);
        if (inFlight.isHeldBack(properties.getConsumerQueue())) {
            // Not begun, not settled: the message is back in its queue when the channel closes.
            exchange.setRouteStop(true);
            return;
        }
        var channel = exchange.getProperty(SpringRabbitMQConstants.CHANNEL, Channel.class);
        byte[] content = exchange.getMessage().getBody(byte[].class);
        byte[] body = content == null ? new byte[0] : content;
        var delivery = new Delivery(channel, properties, body, inFlight);
        if (tracing.isOn()) {
            delivery.follow(begin(properties));
        }
        var command = new Command(type, delivery, RetryHeaders.of(properties, body, seal));
        Commands.attach(exchange, command);
        command.translated(translator.translate(type, body, command.facts()));
        exchange.getMessage().setBody(command);
    }

    private Span begin(MessageProperties properties) {
        Span span = tracing.receive("process " + type.queue(), SpanKind.CONSUMER, properties.getHeaders());
        span.setAttribute("messaging.system", "rabbitmq");
        span.setAttribute("messaging.destination.name", properties.getConsumerQueue());
        if (properties.getMessageId() != null) {
            span.setAttribute("messaging.message.id", properties.getMessageId());
        }
        return span;
    }
}
