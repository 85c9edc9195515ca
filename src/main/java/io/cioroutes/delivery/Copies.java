package io.cioroutes.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.MessagePropertiesBuilder;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;

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

    /** How many of the publisher's headers a copy had no room for. */
    private static final String LEFT_OUT = "x-cio-headers-left-out";

    /**
     * AMQP sends all properties and headers in one frame, 128 kB on RabbitMQ, which the publisher may have filled. So much
     * is for the service's own headers, in bytes: a {@link Failure}'s text is the longest of them.
     */
    private static final int ROOM = 4 * Failure.MAX_TEXT + 4096;

    private static final MessagePropertiesConverter ENCODER = new DefaultMessagePropertiesConverter();

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
        leaveRoom(copy, delivery.frameMax());
        return copy;
    }

    /** Takes the largest headers out until there is room for the service's own. */
    private static void leaveRoom(MessageProperties copy, int frameMax) {
        int excess = frameSize(copy) - (frameMax - ROOM);
        if (frameMax == 0 || excess <= 0) {
            return;
        }
        Map<String, Integer> sizes = new HashMap<>();
        copy.getHeaders().forEach((name, value) -> sizes.put(name, headerSize(name, value)));
        List<String> largestFirst = sizes.keySet().stream()
                .sorted(Comparator.comparing(sizes::get).reversed())
                .toList();
        int leftOut = 0;
        while (excess > 0 && leftOut < largestFirst.size()) {
            String name = largestFirst.get(leftOut++);
            copy.getHeaders().remove(name);
            excess -= sizes.get(name);
        }
        copy.setHeader(LEFT_OUT, leftOut);
    }

    private static int headerSize(String name, Object value) {
        var properties = new MessageProperties();
        int without = frameSize(properties);
        properties.setHeader(name, value);
        return frameSize(properties) - without;
    }

    private static int frameSize(MessageProperties properties) {
        try {
            return ENCODER.fromMessageProperties(properties, StandardCharsets.UTF_8.name())
                    .toFrame(0, 0)
                    .size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The message of such a copy. */
    static Message message(Delivery delivery, MessageProperties properties) {
        return MessageBuilder.withBody(delivery.body())
                .andProperties(properties)
                .build();
    }
}
