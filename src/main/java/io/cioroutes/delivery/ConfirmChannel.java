package io.cioroutes.delivery;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;

/**
 * A channel in confirm mode: knows of each message on its way whether the broker has taken it. One thread publishes; the
 * outcomes come on the thread that reads the connection.
 */
final class ConfirmChannel {
    private static final Logger LOG = LoggerFactory.getLogger(ConfirmChannel.class);

    /**
     * One message on its way.
     *
     * @param number under which it comes back when no queue takes it, in the header {@value ConfirmedPublisher#NUMBER};
     *     0: it need not go to any
     * @param done completes when the broker has it
     */
    record Publication(
            long number,
            String exchange,
            String routingKey,
            AMQP.BasicProperties properties,
            byte[] body,
            CompletableFuture<Void> done) {

        boolean isMandatory() {
            return number > 0;
        }

        String target() {
            return exchange.isEmpty() ? "queue " + routingKey : "exchange " + exchange;
        }

        void fail(String what, Throwable cause) {
            done.completeExceptionally(new AmqpException(target() + what, cause));
        }
    }

    private final Channel channel;
    /** By the number that the channel counts it with. */
    private final ConcurrentNavigableMap<Long, Publication> unconfirmed = new ConcurrentSkipListMap<>();

    /**
     * Puts a new channel into confirm mode.
     *
     * @throws IOException if it closes meanwhile
     */
    ConfirmChannel(Channel channel) throws IOException {
        this.channel = channel;
        channel.addConfirmListener(
                (number, multiple) -> settle(number, multiple, publication -> publication.done.complete(null)),
                (number, multiple) ->
                        settle(number, multiple, publication -> publication.fail(" refused the message", null)));
        channel.addReturnListener(this::returned);
        channel.addShutdownListener(this::closed);
        channel.confirmSelect();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Hands a message to the broker; what goes wrong, now or later, completes it. */
    void publish(Publication publication) {
        long number = channel.getNextPublishSeqNo();
        // First: the confirm can be there before the call returns.
        unconfirmed.put(number, publication);
        try {
            channel.basicPublish(
                    publication.exchange,
                    publication.routingKey,
                    publication.isMandatory(),
                    publication.properties,
                    publication.body);
        } catch (IOException | AlreadyClosedException e) {
            unconfirmed.remove(number);
            publication.done.completeExceptionally(RabbitExceptionTranslator.convertRabbitAccessException(e));
        } catch (RuntimeException | Error e) {
            unconfirmed.remove(number);
            publication.fail(": " + e.getMessage(), e);
            // The client has counted a message that it could not encode. From here on each confirm would be taken for
            // that of the message before.
            abandon();
        }
    }

    private void abandon() {
        try {
            channel.abort();
        } catch (IOException e) {
            LOG.debug("The channel was closed already", e);
        }
    }

    private void settle(long number, boolean multiple, Consumer<Publication> outcome) {
        if (!multiple) {
            Publication publication = unconfirmed.remove(number);
            if (publication != null) {
                outcome.accept(publication);
            }
            return;
        }
        NavigableMap<Long, Publication> settled = unconfirmed.headMap(number, true);
        settled.values().forEach(outcome);
        settled.clear();
    }

    /** Comes before the confirm of the same message, which then finds it done. */
    private void returned(Return message) {
        long number = ((Number) message.getProperties().getHeaders().get(ConfirmedPublisher.NUMBER)).longValue();
        unconfirmed.values().stream()
                .filter(publication -> publication.number == number)
                .forEach(publication ->
                        publication.fail(" routes the message to no queue: " + message.getReplyText(), null));
    }

    private void closed(ShutdownSignalException signal) {
        RuntimeException failure = RabbitExceptionTranslator.convertRabbitAccessException(signal);
        unconfirmed.values().forEach(publication -> publication.done.completeExceptionally(failure));
        unconfirmed.clear();
    }
}
