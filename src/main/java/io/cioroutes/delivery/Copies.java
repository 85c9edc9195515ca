package io.cioroutes.delivery;

import java.util.List;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.MessagePropertiesBuilder;

/** Makes the copies of a message that go to retry and dead-letter queues: same body, same properties, always durable. */
final class Copies {

    /** The publisher's {@code expiration}, which on the copy itself would make the broker drop it. */
    static final String EXPIRATION = "x-cio-expiration";

    /** {@code CC} and {@code BCC} would send the copy to further queues; the broker's own history starts anew. */
    static final List<String> BROKERS_OWN = List.of(
            "CC",
            "BCC",
            "x-death",
            "x-delivery-count",
            "x-first-death-exchange",
            "x-first-death-queue",
            "x-first-death-reason",
            "x-last-death-exchange",
            "x-last-death-queue",
            "x-last-death-reason");

    private Copies() {}

    /** A copy of a delivery, ready for further headers. */
    static MessageProperties properties(Delivery delivery) {
        MessageProperties original = delivery.properties();
        MessageProperties copy = MessagePropertiesBuilder.fromClonedProperties(original)
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                .build();
        BROKERS_OWN.forEach(copy.getHeaders()::remove);
        // Whatever of these names a publisher has set would pass for the service's own words.
        copy.getHeaders().keySet().removeIf(name -> name.startsWith("x-cio-"));
        if (original.getExpiration() != null) {
            copy.setExpiration(null);
            copy.setHeader(EXPIRATION, original.getExpiration());
        }
        return copy;
    }

    /** The message of such a copy. */
    static Message message(Delivery delivery, MessageProperties properties) {
        return MessageBuilder.withBody(delivery.body())
                .andProperties(properties)
                .build();
    }
}
