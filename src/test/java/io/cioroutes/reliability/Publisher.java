package io.cioroutes.reliability;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A careful publisher: it waits for the broker's confirms, and after a lost connection it publishes once more what was
 * not confirmed.
 */
final class Publisher implements AutoCloseable {

    private static final int WINDOW = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ConnectionFactory factory = new ConnectionFactory();
    private final ConcurrentNavigableMap<Long, Message> unconfirmed = new ConcurrentSkipListMap<>();
    private final Object confirms = new Object();
    private Connection connection;
    private Channel channel;
    private int repeated;

    Publisher(String uri) {
        try {
            factory.setUri(uri);
        } catch (Exception e) {
            throw new IllegalArgumentException(uri, e);
        }
        factory.setAutomaticRecoveryEnabled(false);
    }

    /** Publishes in order, and returns when the broker has them all. */
    synchronized void publish(List<Message> messages) {
        for (Message message : messages) {
            ensureOpen();
            awaitConfirms(WINDOW - 1);
            send(message);
        }
        while (!unconfirmed.isEmpty()) {
            ensureOpen();
            awaitConfirms(0);
        }
    }

    void publish(Message... messages) {
        publish(List.of(messages));
    }

    CompletableFuture<Void> publishInBackground(List<Message> messages) {
        return CompletableFuture.runAsync(() -> publish(messages));
    }

    /** How many were published more than once, so that the broker may have them twice. */
    synchronized int repeated() {
        return repeated;
    }

    private void send(Message message) {
        unconfirmed.put(channel.getNextPublishSeqNo(), message);
        try {
            channel.basicPublish("cio", message.command(), message.properties(), message.body());
        } catch (IOException | AlreadyClosedException e) {
            connection.abort();
        }
    }

    /** Waits until at most so many are unconfirmed, or the connection is lost. */
    private void awaitConfirms(int most) {
        synchronized (confirms) {
            while (unconfirmed.size() > most && channel.isOpen()) {
                try {
                    confirms.wait(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private void ensureOpen() {
        while (channel == null || !channel.isOpen()) {
            await("connection to the broker").atMost(PATIENCE).until(this::connect);
            List<Message> again = new ArrayList<>(unconfirmed.values());
            unconfirmed.clear();
            repeated += again.size();
            again.forEach(this::send);
        }
    }

    private boolean connect() {
        try {
            close();
            connection = factory.newConnection("publisher");
            channel = connection.createChannel();
            channel.confirmSelect();
            channel.addConfirmListener((tag, multiple) -> confirmed(tag, multiple), (tag, multiple) -> refused());
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    private void confirmed(long tag, boolean multiple) {
        synchronized (confirms) {
            if (multiple) {
                unconfirmed.headMap(tag, true).clear();
            } else {
                unconfirmed.remove(tag);
            }
            confirms.notifyAll();
        }
    }

    private void refused() {
        connection.abort();
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.abort();
        }
    }
}
