package io.cioroutes.cli.publish;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import io.cioroutes.cli.BrokerAddress;
import io.cioroutes.cli.CliException;
import io.cioroutes.cli.Publisher;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Publishes one message and waits for the answer. */
final class Request {
    private static final int ABORT_MILLIS = 1_000;

    private final Messages messages;
    private final Duration timeout;
    private final PrintWriter out;
    private final PrintWriter err;

    /**
     * @param timeout how long to wait for the reply
     * @param out gets the reply, as it came
     * @param err gets everything else
     */
    Request(Messages messages, Duration timeout, PrintWriter out, PrintWriter err) {
        this.messages = messages;
        this.timeout = timeout;
        this.out = out;
        this.err = err;
    }

    /**
     * Sends the message.
     *
     * @return exit code
     */
    int send(BrokerAddress broker, Line line) throws IOException {
        String messageId;
        try {
            messageId = messages.check(line);
        } catch (Messages.Refused e) {
            err.println("The message is not valid:");
            e.violations().forEach(violation -> err.println("  " + violation));
            return Import.REFUSED;
        }
        Connection connection = broker.connect("cio publish");
        try (Publisher publisher = new Publisher(broker.toString(), connection, reason -> {})) {
            BlockingQueue<Delivery> replies = new LinkedBlockingQueue<>();
            Channel channel = connection.createChannel();
            // A queue of this connection's own, gone with it.
            String replyTo = channel.queueDeclare("", false, true, true, null).getQueue();
            channel.basicConsume(replyTo, true, (tag, reply) -> replies.add(reply), tag -> {});
            BasicProperties properties = Publisher.properties(messageId)
                    .replyTo(replyTo)
                    .correlationId(messageId)
                    .build();
            publisher.publish(messages.command().routingKey(), properties, line.body(), () -> {});
            publisher.awaitConfirms();
            err.println("Published as " + messages.command().routingKey() + " to " + broker + ", message id "
                    + messageId + "; waiting for the reply.");
            err.flush();
            return print(await(replies));
        } finally {
            connection.abort(ABORT_MILLIS);
        }
    }

    private Delivery await(BlockingQueue<Delivery> replies) {
        try {
            Delivery reply = replies.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (reply != null) {
                return reply;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new CliException(
                CliException.BROKER,
                "No reply within " + timeout.toSeconds() + " s. The message is published and will be delivered all the"
                        + " same: is the service running, and does it reach Customer.io?",
                null);
    }

    private int print(Delivery reply) {
        out.println(new String(reply.getBody(), StandardCharsets.UTF_8).strip());
        out.flush();
        Object outcome = reply.getProperties().getHeaders().get("x-cio-outcome");
        return "delivered".equals(String.valueOf(outcome)) ? 0 : Import.REFUSED;
    }
}
