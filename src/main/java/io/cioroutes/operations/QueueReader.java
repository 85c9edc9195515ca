package io.cioroutes.operations;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;

/**
 * Passes once over the messages that are in a queue when it begins, first to last, without taking them out: what is not
 * acknowledged is back in its place when the reader is closed, or when the process dies. What arrives meanwhile is not
 * read. In memory there is at most one window of messages.
 *
 * <p>AMQP has no way to look into a queue, so the messages are consumed and held unacknowledged. One consumer holds one
 * window; then it is cancelled, which leaves it its messages, and the next one goes on. RabbitMQ returns the messages of
 * up to 32 consumers in order, so the window grows with the queue; in queues of more than {@value #LARGEST_WINDOW} times
 * 32 messages blocks of that size may change places.
 */
final class QueueReader implements AutoCloseable {

    private static final int SMALLEST_WINDOW = 250;
    private static final int LARGEST_WINDOW = 2000;
    private static final int CONSUMERS_IN_ORDER = 32;

    /** Largest prefetch that AMQP can express; 0 is none. */
    private static final int MAX_PREFETCH = 65_535;

    /** How long to wait for a message that must be there, in seconds: long for a broker, short for a person. */
    private static final long PATIENCE = 10;

    private final Channel channel;
    private final String queue;
    private final boolean rabbit;
    private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();
    private final BlockingQueue<Delivery> delivered = new LinkedBlockingQueue<>();
    private final int available;
    private final int window;

    private String consumer;
    private int consumers;
    private int taken;
    private int held;
    private int heldByConsumer;
    private long firstOfConsumer;
    private volatile boolean ended;

    /**
     * Begins.
     *
     * @param queue an existing queue, which nobody else reads
     */
    QueueReader(Connection connection, String queue) throws IOException {
        this.channel = connection.createChannel();
        this.queue = queue;
        this.rabbit = "RabbitMQ"
                .equals(String.valueOf(connection.getServerProperties().get("product")));
        this.available = channel.queueDeclarePassive(queue).getMessageCount();
        this.window = Math.max(SMALLEST_WINDOW, Math.min(LARGEST_WINDOW, available / CONSUMERS_IN_ORDER + 1));
    }

    /** How many messages the queue held at the beginning. */
    int available() {
        return available;
    }

    /** Whether messages that were there have been taken by somebody else. */
    boolean isCutShort() {
        return ended;
    }

    /**
     * The next message, held until it is acknowledged or the reader is closed.
     *
     * @return null when all that were there have been read
     */
    Message next() throws IOException, InterruptedException {
        if (ended || taken == available) {
            return null;
        }
        if (delivered.isEmpty() && (consumer == null || heldByConsumer >= window)) {
            nextConsumer();
        }
        Delivery delivery = delivered.poll(PATIENCE, TimeUnit.SECONDS);
        if (delivery == null) {
            ended = true;
            return null;
        }
        taken++;
        held++;
        heldByConsumer++;
        return new Message(
                delivery.getBody(),
                properties.toMessageProperties(
                        delivery.getProperties(), delivery.getEnvelope(), StandardCharsets.UTF_8.name()));
    }

    /** Takes a message out of the queue for good. */
    void remove(long deliveryTag) throws IOException {
        channel.basicAck(deliveryTag, false);
        held--;
        if (deliveryTag >= firstOfConsumer) {
            heldByConsumer--;
        }
    }

    private void nextConsumer() throws IOException {
        cancel();
        // RabbitMQ counts a prefetch for each consumer, the embedded broker for the channel.
        int prefetch = rabbit ? window : held + window;
        channel.basicQos(prefetch > MAX_PREFETCH ? 0 : prefetch);
        firstOfConsumer = taken + 1L;
        heldByConsumer = 0;
        String tag = "reader-%05d".formatted(++consumers);
        consumer = channel.basicConsume(
                queue, false, tag, (name, delivery) -> delivered.add(delivery), name -> ended = true);
    }

    private void cancel() throws IOException {
        if (consumer != null) {
            channel.basicCancel(consumer);
            consumer = null;
        }
    }

    /** Gives back all that is held. Returns when the broker has carried out every removal. */
    @Override
    public void close() throws IOException, TimeoutException {
        if (channel.isOpen()) {
            settle();
            channel.close();
        }
    }

    /**
     * A quorum queue gets acknowledgements as commands that RabbitMQ sends on without waiting, and holds back when there
     * are many; a channel that closes early would forget those. Cancelling waits for the commands that were sent, and
     * the channel's next task is to send those held back; beginning to consume waits for these in turn.
     */
    private void settle() throws IOException {
        cancel();
        if (taken > held) {
            channel.queueDeclarePassive(queue);
            channel.basicCancel(channel.basicConsume(queue, false, (name, delivery) -> {}, name -> {}));
        }
    }
}
