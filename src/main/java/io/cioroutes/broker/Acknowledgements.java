package io.cioroutes.broker;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.amqp.rabbit.connection.ChannelProxy;

/**
 * Settles the deliveries of one channel, many by one frame where that is safe.
 *
 * <p>An acknowledgement with {@code multiple} is good for every delivery of the channel up to its tag. It is sent only as
 * far as every delivery before is settled, or belongs to those that are acknowledged now. Tags count up from 1, so a
 * delivery that was not noted is seen by the next one's tag; from then on each is acknowledged alone.
 */
public final class Acknowledgements {

    private static final Map<Channel, Acknowledgements> OPEN = new ConcurrentHashMap<>();

    private final Channel channel;
    /** Noted and not settled: as many as the prefetch at most. */
    private final TreeSet<Long> unsettled = new TreeSet<>();

    private long last;
    private boolean complete = true;

    private Acknowledgements(Channel channel) {
        this.channel = channel;
    }

    /**
     * Those of a channel.
     *
     * @param channel as a consumer has it; Spring's proxy is taken off, because the proxy replaces a broken channel with a
     *     new one, on which a tag would name another message
     */
    public static Acknowledgements of(Channel channel) {
        Channel bare = channel instanceof ChannelProxy proxy ? proxy.getTargetChannel() : channel;
        Acknowledgements known = OPEN.get(bare);
        if (known != null) {
            return known;
        }
        OPEN.keySet().removeIf(other -> !other.isOpen());
        return OPEN.computeIfAbsent(bare, Acknowledgements::new);
    }

    /** Whether deliveries can still be settled: those of a closed channel are on their way back to their queue. */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /** Largest AMQP frame of the connection in bytes, 0 for no limit. */
    public int frameMax() {
        return channel.getConnection().getFrameMax();
    }

    /** Notes a delivery before anything is done with it; once more does no harm. */
    public synchronized void received(long tag) {
        if (!complete || unsettled.contains(tag)) {
            return;
        }
        if (tag == last + 1) {
            last = tag;
            unsettled.add(tag);
        } else {
            complete = false;
            unsettled.clear();
        }
    }

    /**
     * Tells the broker that it can forget these deliveries, in as few frames as possible.
     *
     * @param tags noted, not settled yet, in any order
     * @return false if the channel is closed: then they are delivered again
     */
    public synchronized boolean acknowledge(Collection<Long> tags) {
        try {
            if (!complete) {
                for (long tag : tags) {
                    channel.basicAck(tag, false);
                }
                return true;
            }
            tags.forEach(unsettled::remove);
            long open = unsettled.isEmpty() ? last + 1 : unsettled.first();
            long upTo = 0;
            for (long tag : tags) {
                if (tag < open) {
                    upTo = Math.max(upTo, tag);
                } else {
                    channel.basicAck(tag, false);
                }
            }
            if (upTo > 0) {
                channel.basicAck(upTo, true);
            }
            return true;
        } catch (IOException | ShutdownSignalException e) {
            return false;
        }
    }

    /**
     * Gives a delivery back to its queue.
     *
     * @return false if the channel is closed: then it is there already
     */
    public synchronized boolean requeue(long tag) {
        try {
            unsettled.remove(tag);
            channel.basicNack(tag, false, true);
            return true;
        } catch (IOException | ShutdownSignalException e) {
            return false;
        }
    }
}
