package io.cioroutes.delivery;

import io.cioroutes.broker.FlowTopology;
import io.cioroutes.command.CommandType;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.MessagePropertiesBuilder;

/**
 * Turns a dead letter back into the message that it was: same body byte for byte, same properties, always durable,
 * without the headers of the dead letter. A command starts anew, with all its attempts, but keeps the time of its first
 * receipt, so that a replay days later does not overwrite newer attributes.
 */
public final class Originals {

    /** Headers that say why a message is a dead letter. */
    private static final List<String> DEAD_LETTER =
            List.of("x-cio-reason", "x-cio-error", "x-cio-status", "x-cio-attempts", "x-cio-failed-at", "x-cio-queue");

    private static final Set<String> COMMAND_QUEUES =
            Arrays.stream(CommandType.values()).map(CommandType::queue).collect(Collectors.toUnmodifiableSet());

    private final Seal seal;
    private final FlowTopology flows;

    Originals(Seal seal, FlowTopology flows) {
        this.seal = seal;
        this.flows = flows;
    }

    /**
     * The message to publish again. It never expires, whatever the publisher had set: a person wants it delivered.
     *
     * @param deadLetter as it was read from the dead-letter queue
     * @param queue the queue that it goes back to, for example {@code cio.track}
     */
    public Message of(Message deadLetter, String queue) {
        MessageProperties read = deadLetter.getMessageProperties();
        MessageProperties original = MessagePropertiesBuilder.fromClonedProperties(read)
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                .build();
        original.setExpiration(null);
        Map<String, Object> headers = original.getHeaders();
        Copies.BROKERS_OWN.forEach(headers::remove);
        DEAD_LETTER.forEach(headers::remove);
        if (COMMAND_QUEUES.contains(queue) || flows.isFlow(queue)) {
            headers.keySet().removeIf(name -> name.startsWith("x-cio-"));
            RetryHeaders.startAnew(read, brokersTime(read)).write(original, deadLetter.getBody(), seal);
        }
        return MessageBuilder.withBody(deadLetter.getBody())
                .andProperties(original)
                .build();
    }

    /** When RabbitMQ dead-lettered the message by itself, epoch seconds; 0 if it did not. */
    private static long brokersTime(MessageProperties properties) {
        return properties.getHeaders().get("x-death") instanceof List<?> deaths
                        && !deaths.isEmpty()
                        && deaths.get(deaths.size() - 1) instanceof Map<?, ?> first
                        && first.get("time") instanceof Date time
                ? time.getTime() / 1000
                : 0;
    }
}
