package io.cioroutes.delivery;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.opentelemetry.api.trace.Span;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.ChannelProxy;

/**
 * One AMQP delivery that has not been settled yet: where it came from and how to acknowledge it.
 *
 * <p>A delivery belongs to the channel that brought it. When that channel is gone the broker has already given the
 * message back to its queue, so nothing may be done for it any more: neither a call, nor a copy, nor an
 * acknowledgement.
 */
public final class Delivery {

    private static final Logger log = LoggerFactory.getLogger(Delivery.class);

    private final Channel channel;
    private final long tag;
    private final MessageProperties properties;
    private final byte[] body;
    private final InFlight inFlight;
    private final AtomicBoolean settled = new AtomicBoolean();
    private final long receivedNanos = System.nanoTime();
    private volatile boolean waiting;
    private volatile Span span = Span.getInvalid();

    /**
     * @param channel the channel of the delivery; Spring's proxy is taken off, because the proxy replaces a broken
     *     channel with a new one, on which the tag would name another message
     * @param properties the AMQP properties and headers as received; never changed
     * @param body the bytes as received; never changed
     */
    Delivery(Channel channel, MessageProperties properties, byte[] body, InFlight inFlight) {
        this.channel = channel instanceof ChannelProxy proxy ? proxy.getTargetChannel() : channel;
        this.tag = properties.getDeliveryTag();
        this.properties = properties;
        this.body = body;
        this.inFlight = inFlight;
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
        return channel.getConnection().getFrameMax();
    }

    /** {@link System#nanoTime()} at receipt. */
    long receivedNanos() {
        return receivedNanos;
    }

    /** False once the message is settled or its channel is gone, in which case the broker has it again. */
    public boolean isOpen() {
        return !settled.get() && channel.isOpen();
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
        if (!settled.compareAndSet(false, true)) {
            return false;
        }
        inFlight.settled(this);
        span.end();
        try {
            channel.basicAck(tag, false);
            return true;
        } catch (IOException | ShutdownSignalException e) {
            log.debug("Acknowledgement of {} came too late, its channel is closed: it will be delivered again", this);
            return false;
        }
    }

    /** Stops caring for a message whose channel is gone: the broker has it again and will deliver it anew. */
    void abandon() {
        if (settled.compareAndSet(false, true)) {
            inFlight.settled(this);
            span.addEvent("given back to the broker");
            span.end();
        }
    }

    @Override
    public String toString() {
        String id = properties.getMessageId();
        return "message " + (id == null ? "without id" : id) + " from " + queue() + " (delivery " + tag + ")";
    }
}
