package io.cioroutes.delivery;

import io.cioroutes.delivery.ConfirmChannel.Publication;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;

/**
 * Publishes so that success means what it says: the broker has the message, in at least one queue, and said so.
 *
 * <p>One thread writes to one channel, so that callers never wait for a connection, messages keep their order, and a busy
 * broker confirms many at once. Whoever must not wait behind others has a publisher of his own.
 */
public final class ConfirmedPublisher implements AutoCloseable {

    /** Header with a number by which a message that no queue takes is told from the others. */
    static final String NUMBER = "x-cio-publication";

    private static final Logger LOG = LoggerFactory.getLogger(ConfirmedPublisher.class);
    private static final MessagePropertiesConverter PROPERTIES = new DefaultMessagePropertiesConverter();

    private final ConnectionFactory connections;
    private final Duration timeout;
    private final Executor continuation;
    private final AtomicLong numbers = new AtomicLong();
    private final BlockingQueue<Publication> waiting = new LinkedBlockingQueue<>();
    private final Thread writer;
    /** The writer's alone. */
    private ConfirmChannel channel;

    private volatile boolean closed;

    /**
     * Publishes on another connection than what consumes: a broker that blocks publishers must still get
     * acknowledgements.
     *
     * @param connections to the broker
     * @param name ends the name of the thread
     * @param timeout how long to wait for the broker's confirm
     * @param continuation does what follows a confirm, and ends with the publisher. {@code Runnable::run} does it on the
     *     thread that reads the connection: then nothing that follows may wait, least of all for another confirm
     */
    public ConfirmedPublisher(ConnectionFactory connections, String name, Duration timeout, Executor continuation) {
        this.connections = publishing(connections);
        this.timeout = timeout;
        this.continuation = continuation;
        this.writer = new Thread(this::write, "publish-" + name);
        writer.setDaemon(true);
        writer.start();
    }

    private static ConnectionFactory publishing(ConnectionFactory connections) {
        ConnectionFactory own = connections.getPublisherConnectionFactory();
        return own == null ? connections : own;
    }

    /**
     * Publishes to somebody who must be there.
     *
     * @param exchange its name, empty for the default exchange
     * @param message not to be used again by the caller
     * @return completes when the broker confirmed the message and routed it; fails with an {@link AmqpException} when it
     *     was refused, unroutable, or not confirmed in time (then it may or may not be in the queue)
     */
    public CompletableFuture<Void> publish(String exchange, String routingKey, Message message) {
        return publish(exchange, routingKey, message, timeout);
    }

    /** The same with this patience. */
    public CompletableFuture<Void> publish(String exchange, String routingKey, Message message, Duration patience) {
        long number = numbers.incrementAndGet();
        message.getMessageProperties().setHeader(NUMBER, number);
        return send(number, exchange, routingKey, message, patience);
    }

    /** Publishes to whoever listens: as {@link #publish}, but a message for which there is no queue is no failure. */
    public CompletableFuture<Void> announce(String exchange, String routingKey, Message message) {
        return send(0, exchange, routingKey, message, timeout);
    }

    private CompletableFuture<Void> send(
            long number, String exchange, String routingKey, Message message, Duration patience) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Publication publication = new Publication(
                number,
                exchange,
                routingKey,
                PROPERTIES.fromMessageProperties(message.getMessageProperties(), "UTF-8"),
                message.getBody(),
                done);
        CompletableFuture<Void> outcome = done.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handleAsync(
                        (confirmed, failure) -> {
                            if (failure instanceof TimeoutException) {
                                throw new AmqpException(
                                        publication.target() + ": no confirm of the broker within "
                                                + patience.toSeconds() + " s",
                                        failure);
                            }
                            if (failure instanceof AmqpException refused) {
                                throw refused;
                            }
                            if (failure != null) {
                                throw new AmqpException(publication.target() + ": " + failure.getMessage(), failure);
                            }
                            return null;
                        },
                        continuation);
        waiting.add(publication);
        if (closed) {
            failWaiting(new AmqpException("The service stops"));
        }
        return outcome;
    }

    private void write() {
        while (!closed) {
            try {
                Publication next = waiting.take();
                // Not if nobody waits for it any more: it has been reported as failed.
                if (!next.done().isDone()) {
                    write(next);
                }
            } catch (InterruptedException e) {
                LOG.debug("{} ends", Thread.currentThread().getName());
            }
        }
    }

    private void write(Publication publication) {
        try {
            if (channel == null || !channel.isOpen()) {
                channel = open();
            }
            channel.publish(publication);
        } catch (RuntimeException | Error e) {
            // Whatever it is, the next message needs this thread.
            publication.done().completeExceptionally(e);
            // The others would only try to connect again, each for as long as it takes to fail.
            failWaiting(e);
        }
    }

    private void failWaiting(Throwable cause) {
        List<Publication> all = new ArrayList<>();
        waiting.drainTo(all);
        all.forEach(failed -> failed.done().completeExceptionally(cause));
    }

    private ConfirmChannel open() {
        Connection connection = connections.createConnection();
        try {
            com.rabbitmq.client.Channel bare = connection.getDelegate().createChannel();
            if (bare == null) {
                throw new AmqpException("The connection to the broker has no channel left");
            }
            return new ConfirmChannel(bare);
        } catch (IOException | RuntimeException e) {
            throw RabbitExceptionTranslator.convertRabbitAccessException(e);
        }
    }

    /** Publishes nothing more: what still waits fails, what is on its way is confirmed or fails with its connection. */
    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        failWaiting(new AmqpException("The service stops"));
        if (continuation instanceof ExecutorService threads) {
            threads.shutdownNow();
        }
    }
}
