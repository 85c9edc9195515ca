package io.cioroutes.delivery;

import com.rabbitmq.client.Channel;
import io.cioroutes.broker.Acknowledgements;
import io.opentelemetry.api.trace.Span;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.MessageProperties;

/**
 * One AMQP delivery that has not been settled yet: where it came from and how to acknowledge it.
 *
 * <p>A delivery belongs to the channel that brought it. When that channel is gone the broker has already given the
 * message back to its queue, so nothing may be done for it any more: neither a call, nor a copy, nor an
 * acknowledgement.
 */
public final class Delivery {

    private static final Logger log = LoggerFactory.getLogger(Delivery.class);

    private final Acknowledgements acknowledgements;
    private final long tag;
    private final MessageProperties properties;
    private final byte[] body;
    private final InFlight inFlight;
    private final AtomicBoolean settled = new AtomicBoolean();
    private final long receivedNanos = System.nanoTime();
    private volatile boolean waiting;
    private volatile Span span = Span.getInvalid();

    /**
     * @param channel the channel of the delivery
     * @param properties the AMQP properties and headers as received; never changed
     * @param body the bytes as received; never changed
     */
    Delivery(Channel channel, MessageProperties properties, byte[] body, InFlight inFlight) {
        this.acknowledgements = Acknowledgements.of(channel);
        this.tag = properties.getDeliveryTag();
        this.properties = properties;
        this.body = body;
        this.inFlight = inFlight;
        acknowledgements.received(tag);
        inFlight.received(this);
    }

    /** The queue the message was consumed from. */
    public String queue() {
        return properties.getConsumerQueue();
    }

    /** AMQP properties and headers as received. */
    public MessageProperties properties() {
        return properties;
    }

    /** The body as received, byte for byte. */
    public byte[] body() {
        return body;
    }

    /** Largest AMQP frame of its connection in bytes, 0 for no limit. */
    int frameMax() {
        return acknowledgements.frameMax();
    }

    /** {@link System#nanoTime()} at receipt. */
    long receivedNanos() {
        return receivedNanos;
    }

    /** False once the message is settled or its channel is gone, in which case the broker has it again. */
    public boolean isOpen() {
        return !settled.get() && acknowledgements.isOpen();
    }

    /** The span of the work on this message; it ends when the message is settled. */
    Span span() {
        return span;
    }

    /** Begins to follow it. */
    void follow(Span span) {
        this.span = span;
    }

    /** True while it only waits: for Customer.io to come back, or for its next attempt. */
    boolean isWaiting() {
        return waiting;
    }

    void waiting(boolean waiting) {
        this.waiting = waiting;
    }

    /**
     * Acknowledges the message. Call it only when the message was delivered to Customer.io, or when the broker has
     * confirmed its copy in another queue. On a channel that has closed meanwhile this does nothing: the message is
     * delivered again.
     *
     * @return true if the acknowledgement was handed to the broker
     */
    public boolean ack() {
        return claim() && acknowledge(acknowledgements, List.of(this));
    }

    /** Acknowledges messages that were delivered to Customer.io by one request: as {@link #ack}, in fewer frames. */
    static void ackAll(Collection<Delivery> deliveries) {
        deliveries.stream()
                .filter(Delivery::claim)
                .collect(Collectors.groupingBy(delivery -> delivery.acknowledgements))
                .forEach(Delivery::acknowledge);
    }

    private static boolean acknowledge(Acknowledgements channel, List<Delivery> deliveries) {
        try {
            if (channel.acknowledge(
                    deliveries.stream().map(delivery -> delivery.tag).toList())) {
                return true;
            }
        } finally {
            // Not before: who stops a route closes its channel once nothing is held; what is not written by then
            // comes again.
            deliveries.forEach(Delivery::letGo);
        }
        log.debug(
                "Acknowledgements came too late, their channel is closed: these will be delivered again: {}",
                deliveries);
        return false;
    }

    /** @return false if it is settled already, or about to be */
    private boolean claim() {
        return settled.compareAndSet(false, true);
    }

    private void letGo() {
        inFlight.settled(this);
        span.end();
    }

    /** Stops caring for a message whose channel is gone: the broker has it again and will deliver it anew. */
    void abandon() {
        if (claim()) {
            span.addEvent("given back to the broker");
            letGo();
        }
    }

    @Override
    public String toString() {
        String id = properties.getMessageId();
        return "message " + (id == null ? "without id" : id) + " from " + queue() + " (delivery " + tag + ")";
    }
}
