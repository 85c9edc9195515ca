package io.cioroutes.operations;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;

/** The dead-letter queues of the service, and the right to read one of them, which one operation has at a time. */
final class DeadLetterQueues {

    private static final String SUFFIX = ".dlq";
    private static final Duration CHECK = Duration.ofMillis(500);

    private final List<Declarables> topology;
    private final ConnectionFactory connections;
    private final RabbitAdmin admin;
    private final Map<String, ReentrantLock> turns = new ConcurrentHashMap<>();

    DeadLetterQueues(List<Declarables> topology, ConnectionFactory connections, RabbitAdmin admin) {
        this.topology = topology;
        this.connections = connections;
        this.admin = admin;
    }

    /** All of them; a flow that is added brings its own. */
    List<String> names() {
        return topology.stream()
                .flatMap(group -> group.getDeclarablesByType(Queue.class).stream())
                .map(Queue::getName)
                .filter(name -> name.endsWith(SUFFIX))
                .toList();
    }

    /** Where the dead letters of a queue came from. */
    static String origin(String queue) {
        return queue.substring(0, queue.length() - SUFFIX.length());
    }

    /**
     * The queue that a person means.
     *
     * @param name {@code track}, {@code cio.track} or {@code cio.track.dlq}
     */
    String named(String name) {
        String wanted = name == null ? "" : name.strip();
        List<String> names = names();
        return names.stream()
                .filter(queue -> List.of(queue, origin(queue), origin(queue).replaceFirst("^cio\\.", ""))
                        .contains(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no dead-letter queue '" + wanted + "'; there are " + String.join(", ", names)));
    }

    /** How many messages a queue holds that nobody is reading. */
    int messages(String queue) {
        try {
            QueueInformation information = admin.getQueueInfo(queue);
            return information == null ? 0 : information.getMessageCount();
        } catch (AmqpException e) {
            throw unreachable(e);
        }
    }

    /** What is done with a reader. */
    interface Work<T> {
        T with(QueueReader reader) throws IOException, InterruptedException;
    }

    /**
     * Reads a queue, as the only one to do so.
     *
     * @param wait how long to wait for another operation to end
     * @throws IllegalStateException if that did not end, or the broker is in the way
     */
    <T> T read(String queue, Duration wait, Work<T> work) {
        ReentrantLock turn = turns.computeIfAbsent(queue, name -> new ReentrantLock(true));
        long deadline = System.nanoTime() + wait.toNanos();
        try {
            if (!turn.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(queue);
            }
            try {
                Connection connection = connections.createConnection().getDelegate();
                Channel lock = lock(connection, queue, deadline);
                try (QueueReader reader = new QueueReader(connection, queue)) {
                    return work.with(reader);
                } finally {
                    lock.abort();
                }
            } finally {
                turn.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The operation was interrupted. What it had not done is in the queue.", e);
        } catch (AmqpException | IOException | TimeoutException | ShutdownSignalException e) {
            throw unreachable(e);
        }
    }

    /**
     * Keeps other instances off: an exclusive queue can be declared over one connection only. It goes with its consumer
     * when the channel is closed, or with the connection.
     */
    private static Channel lock(Connection connection, String queue, long deadline)
            throws IOException, TimeoutException {
        String name = queue + ".reader";
        while (true) {
            Channel channel = connection.createChannel();
            try {
                channel.queueDeclare(name, false, true, true, null);
                channel.basicConsume(name, true, (tag, delivery) -> {}, tag -> {});
                return channel;
            } catch (IOException e) {
                if (!isTaken(e)) {
                    throw e;
                }
            }
            if (System.nanoTime() > deadline) {
                throw busy(queue);
            }
            LockSupport.parkNanos(CHECK.toNanos());
        }
    }

    private static boolean isTaken(IOException failure) {
        return failure.getCause() instanceof ShutdownSignalException signal
                && signal.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() == AMQP.RESOURCE_LOCKED;
    }

    private static IllegalStateException busy(String queue) {
        return new IllegalStateException(
                "Somebody else is working on " + queue + " at this moment. Try again when they have finished.");
    }

    private static IllegalStateException unreachable(Exception e) {
        return new IllegalStateException(
                "The broker is in the way (" + e.getMessage() + "). What was not done is in the queue as before.", e);
    }
}
