package io.cioroutes.webhook;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.broker.TestBroker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

/** A queue on the test broker, seen by a plain client. */
public final class TestQueue implements AutoCloseable {
    private final Connection connection;
    private final Channel channel;
    private final String name;

    private TestQueue(String name) throws IOException {
        this.connection = TestBroker.get().connect();
        this.channel = connection.createChannel();
        this.name = name == null ? channel.queueDeclare().getQueue() : name;
    }

    /** A new queue of a subscriber to the event bus. */
    public static TestQueue subscribedTo(String pattern) throws IOException {
        TestQueue queue = new TestQueue(null);
        queue.channel.queueBind(queue.name, WebhookTopology.EVENTS, pattern);
        return queue;
    }

    /** An existing queue. */
    public static TestQueue named(String name) throws IOException {
        return new TestQueue(name);
    }

    /** A new queue that nothing is bound to. */
    public static TestQueue create() throws IOException {
        return new TestQueue(null);
    }

    /** The queue's name. */
    public String name() {
        return name;
    }

    /** How many messages are ready. */
    public int depth() throws IOException {
        AMQP.Queue.DeclareOk state = channel.queueDeclarePassive(name);
        return state.getMessageCount();
    }

    /** Takes all messages that are ready. */
    public List<GetResponse> takeAll() throws IOException {
        List<GetResponse> messages = new ArrayList<>();
        for (GetResponse message = channel.basicGet(name, true);
                message != null;
                message = channel.basicGet(name, true)) {
            messages.add(message);
        }
        return messages;
    }

    /** Publishes to the queue, through the default exchange. */
    public void publish(Message message) throws IOException {
        MessageProperties properties = message.getMessageProperties();
        AMQP.BasicProperties sent = new AMQP.BasicProperties.Builder()
                .messageId(properties.getMessageId())
                .contentType(properties.getContentType())
                .deliveryMode(2)
                .headers(properties.getHeaders())
                .build();
        channel.basicPublish("", name, sent, message.getBody());
    }

    /** A header of a message, as text. */
    public static String header(GetResponse message, String name) {
        return String.valueOf(message.getProps().getHeaders().get(name));
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
            connection.close();
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }
}
