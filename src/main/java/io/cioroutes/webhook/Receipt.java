package io.cioroutes.webhook;

import com.rabbitmq.client.Channel;
import io.cioroutes.broker.Acknowledgements;
import io.opentelemetry.api.trace.Span;
import java.util.Collection;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message taken from a queue and not settled yet. Until it is acknowledged the broker keeps it, and gives it to
 * another consumer when the channel closes.
 *
 * @param channel where it was delivered
 * @param tag the broker's number for the delivery on that channel
 * @param span of the work on the message; it ends when the message is settled
 */
public record Receipt(Acknowledgements channel, long tag, Span span) {
    private static final Logger LOG = LoggerFactory.getLogger(Receipt.class);

    /**
     * The receipt of the message in an exchange.
     *
     * @throws IllegalStateException if the consumer does not use {@code acknowledgeMode: MANUAL}
     */
    public static Receipt of(Exchange exchange) {
        Channel channel = exchange.getProperty(SpringRabbitMQConstants.CHANNEL, Channel.class);
        Long tag = exchange.getMessage().getHeader(SpringRabbitMQConstants.DELIVERY_TAG, Long.class);
        if (channel == null || tag == null) {
            throw new IllegalStateException(
                    "No delivery to acknowledge: the route must start with spring-rabbitmq and acknowledgeMode MANUAL");
        }
        Acknowledgements acknowledgements = Acknowledgements.of(channel);
        acknowledgements.received(tag);
        return new Receipt(acknowledgements, tag, Span.getInvalid());
    }

    /** The same, followed by a span. */
    Receipt followedBy(Span work) {
        return new Receipt(channel, tag, work);
    }

    /** Whether the message can still be settled: when its channel is closed, it is on its way back to the queue. */
    public boolean open() {
        return channel.isOpen();
    }

    /** Tells the broker that it can forget these messages. */
    static void acknowledge(Collection<Receipt> receipts) {
        receipts.stream()
                .collect(Collectors.groupingBy(Receipt::channel, Collectors.mapping(Receipt::tag, Collectors.toList())))
                .forEach((channel, tags) -> {
                    if (!channel.acknowledge(tags)) {
                        tooLate(tags.size());
                    }
                });
        receipts.forEach(receipt -> receipt.span.end());
    }

    /** Gives these messages back to their queues. */
    static void requeue(Collection<Receipt> receipts) {
        int late = (int) receipts.stream()
                .filter(receipt -> !receipt.channel.requeue(receipt.tag))
                .count();
        if (late > 0) {
            tooLate(late);
        }
        receipts.forEach(receipt -> receipt.span.end());
    }

    private static void tooLate(int messages) {
        LOG.info(
                "{} messages could not be settled, as their channel is closed: they will be delivered again", messages);
    }
}
