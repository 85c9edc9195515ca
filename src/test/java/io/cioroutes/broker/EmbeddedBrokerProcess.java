package io.cioroutes.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/**
 * An embedded broker in a process of its own, with a client: it publishes to the queue {@code kept} and says so. When it
 * is asked to stop, it publishes once more, as a consumer that finishes its work would, before it stops the broker.
 */
final class EmbeddedBrokerProcess {
    private EmbeddedBrokerProcess() {}

    /** Arguments: port, local directory, number of messages. */
    public static void main(String[] arguments) throws Exception {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        EmbeddedBroker broker = EmbeddedBroker.durable(Integer.parseInt(arguments[0]), Path.of(arguments[1]));
        Connection connection = TestBroker.connect(broker.uri());
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        channel.queueDeclare("kept", true, false, false, null);
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            publish(channel, "running " + i);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                Thread.sleep(1_000); // work that takes a while, during which Qpid's own hook would have stopped it
                publish(channel, "stopping");
                connection.close();
                broker.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }));
        System.out.println("published");
        new CountDownLatch(1).await();
    }

    private static void publish(Channel channel, String body) throws Exception {
        channel.basicPublish("", "kept", true, MessageProperties.PERSISTENT_BASIC, body.getBytes());
        channel.waitForConfirmsOrDie(10_000);
    }
}
