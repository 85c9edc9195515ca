package io.cioroutes.cli;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import io.cioroutes.broker.BrokerTopology;
import java.io.IOException;
import java.util.Date;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Publishes to the exchange {@code cio} and hears what became of it: a message counts when the broker has confirmed it
 * and a queue has taken it. Many may be on their way at once. After a failure nothing more is published.
 */
public final class Publisher implements AutoCloseable {
    /** Unconfirmed messages at most: enough to keep a broker busy, few enough to be sorted out after a failure. */
    public static final int WINDOW = 1000;

    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int NOT_FOUND = 404;
    private static final int PERSISTENT = 2;

    private record Pending(String messageId, Runnable confirmed) {}

    private final String broker;
    private final Channel channel;
    private final Semaphore window = new Semaphore(WINDOW);
    private final NavigableMap<Long, Pending> pending = new ConcurrentSkipListMap<>();
    private final Set<String> returned = ConcurrentHashMap.newKeySet();
    private final ReentrantLock publishing = new ReentrantLock();
    private final AtomicReference<CliException> failure = new AtomicReference<>();
    private volatile boolean stopped;

    /**
     * @param broker what to call the broker in messages
     * @param connection stays the caller's to close
     * @param blocked is told why when the broker takes no more messages for now, and null when it does again
     */
    public Publisher(String broker, Connection connection, Consumer<String> blocked) throws IOException {
        this.broker = broker;
        connection.addBlockedListener(new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
                blocked.accept(reason);
            }

            @Override
            public void handleUnblocked() {
                blocked.accept(null);
            }
        });
        channel = connection.createChannel();
        channel.confirmSelect();
        channel.addConfirmListener(new ConfirmListener() {
            @Override
            public void handleAck(long sequence, boolean multiple) {
                settle(sequence, multiple, true);
            }

            @Override
            public void handleNack(long sequence, boolean multiple) {
                fail("The broker at " + broker + " did not take a message: its queue is full, or its disk", null);
                settle(sequence, multiple, false);
            }
        });
        channel.addReturnListener(this::unroutable);
        channel.addShutdownListener(this::closed);
    }

    /** {@code content_type} JSON, persistent, this message id and the present time; more can be added. */
    public static BasicProperties.Builder properties(String messageId) {
        return new BasicProperties.Builder()
                .contentType("application/json")
                .deliveryMode(PERSISTENT)
                .messageId(messageId)
                .timestamp(new Date());
    }

    /**
     * Publishes one message; waits while too many are unconfirmed.
     *
     * @param command the routing key
     * @param properties with a message id that no other message on its way has
     * @param confirmed is called when the broker has the message, on another thread; a {@link CliException} of it is a
     *     failure like any other
     * @return false if nothing was published because of {@link #stop()}
     * @throws CliException when this or an earlier message failed
     */
    public boolean publish(String command, BasicProperties properties, byte[] body, Runnable confirmed) {
        window.acquireUninterruptibly();
        publishing.lock();
        try {
            throwFailure();
            if (stopped) {
                return false;
            }
            long sequence = channel.getNextPublishSeqNo();
            pending.put(sequence, new Pending(properties.getMessageId(), confirmed));
            try {
                channel.basicPublish(BrokerTopology.EXCHANGE, command, true, properties, body);
            } catch (ShutdownSignalException e) {
                // The channel was closed a moment ago; its listener may not have been told yet.
                fail(whyClosed(e), e);
                throwFailure();
            } catch (IOException e) {
                fail(lost(e), e);
                throwFailure();
            }
            return true;
        } finally {
            publishing.unlock();
        }
    }

    /** Waits until every message is confirmed. */
    public void awaitConfirms() {
        while (!pending.isEmpty()) {
            throwFailure();
            LockSupport.parkNanos(CHECK_NANOS);
        }
        throwFailure();
    }

    private void throwFailure() {
        CliException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    /**
     * Publishes nothing more, and waits for the confirms of what was published, as long as they can come.
     *
     * @return how many are left without one: the broker may have them or not
     */
    public int stop(long timeoutMillis) {
        stopped = true;
        window.release(WINDOW);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        try {
            // A message that is being published right now is one of those to wait for.
            if (publishing.tryLock(timeoutMillis, TimeUnit.MILLISECONDS)) {
                publishing.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        while (!pending.isEmpty() && channel.isOpen() && System.nanoTime() < end) {
            LockSupport.parkNanos(CHECK_NANOS);
        }
        return pending.size();
    }

    private void settle(long sequence, boolean multiple, boolean taken) {
        var settled = multiple ? pending.headMap(sequence, true) : pending.subMap(sequence, true, sequence, true);
        while (!settled.isEmpty()) {
            // Confirmed before it leaves the map: who sees the map empty sees everything counted.
            var first = settled.firstEntry();
            if (taken && !returned.remove(first.getValue().messageId())) {
                confirmed(first.getValue());
            }
            settled.remove(first.getKey());
            window.release();
        }
    }

    /** What the caller cannot book must stop the work: nobody else hears of an exception on this thread. */
    private void confirmed(Pending message) {
        try {
            message.confirmed().run();
        } catch (CliException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void unroutable(Return message) {
        returned.add(message.getProperties().getMessageId());
        fail(
                "The broker at " + broker + " has no queue for '" + message.getRoutingKey()
                        + "'. Start the service once: it declares the queues",
                null);
    }

    private void closed(ShutdownSignalException signal) {
        if (signal.isInitiatedByApplication()) {
            return;
        }
        fail(whyClosed(signal), signal);
    }

    private String whyClosed(ShutdownSignalException signal) {
        boolean noExchange =
                signal.getReason() instanceof AMQP.Channel.Close close && close.getReplyCode() == NOT_FOUND;
        return noExchange
                ? "The broker at " + broker + " has no exchange '" + BrokerTopology.EXCHANGE
                        + "'. Start the service once: it declares exchange and queues"
                : lost(signal);
    }

    private String lost(Exception cause) {
        return "The connection to the broker at " + broker + " was lost: " + CliException.text(cause);
    }

    private void fail(String message, Exception cause) {
        failure.compareAndSet(null, new CliException(CliException.BROKER, message + ".", cause));
        window.release(WINDOW);
    }

    @Override
    public void close() throws IOException {
        try {
            if (channel.isOpen()) {
                channel.close();
            }
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }
}
