package io.cioroutes.webhook;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.ChannelProxy;

/**
 * One message taken from a queue and not settled yet. Until it is acknowledged the broker keeps it, and gives it to
 * another consumer when the channel closes.
 *
 * @param channel where it was delivered
 * @param tag the broker's number for the delivery on that channel
 */
public record Receipt(Channel channel, long tag) {
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
        // Spring's proxy is made for the consumer's thread; the channel itself may be used by any.
        return new Receipt(channel instanceof ChannelProxy proxy ? proxy.getTargetChannel() : channel, tag);
    }

    /** Whether the message can still be settled: when its channel is closed, it is on its way back to the queue. */
    public boolean open() {
        return channel.isOpen();
    }

    /** Tells the broker that it can forget the message. */
    public void acknowledge() {
        settle(() -> channel.basicAck(tag, false));
    }

    /** Gives the message back to its queue. */
    public void requeue() {
        settle(() -> channel.basicNack(tag, false, true));
    }

    private static void settle(Settlement settlement) {
        try {
            settlement.run();
        } catch (IOException | ShutdownSignalException e) {
            LOG.info("A message could not be settled and will be delivered again: {}", e.getMessage());
        }
    }

    @FunctionalInterface
    private interface Settlement {
        void run() throws IOException;
    }
}
