package io.cioroutes.delivery;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.springrabbit.DefaultMessagePropertiesConverter;
import org.apache.camel.component.springrabbit.MessagePropertiesConverter;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.springframework.amqp.core.MessageProperties;

/**
 * The border between AMQP and the routes. What a publisher sets stays data: it is kept as it came in the exchange
 * property {@value #PROPERTIES} and does not become a message header, because message headers steer Camel (a
 * {@code CamelHttpUri}) and become headers of HTTP requests (an {@code Authorization}).
 */
public final class DeliveryPropertiesConverter implements MessagePropertiesConverter {

    /** Exchange property with the {@link MessageProperties} of the delivery. */
    public static final String PROPERTIES = "amqp";

    private final MessagePropertiesConverter outbound = new DefaultMessagePropertiesConverter();

    @Override
    public void setHeaderFilterStrategy(HeaderFilterStrategy strategy) {
        outbound.setHeaderFilterStrategy(strategy);
    }

    @Override
    public MessageProperties toMessageProperties(Exchange exchange) {
        return outbound.toMessageProperties(exchange);
    }

    @Override
    public Map<String, Object> fromMessageProperties(MessageProperties properties, Exchange exchange) {
        exchange.setProperty(PROPERTIES, properties);
        return new HashMap<>();
    }
}
