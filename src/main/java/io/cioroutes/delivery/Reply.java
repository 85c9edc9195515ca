package io.cioroutes.delivery;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cioroutes.command.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageProperties;

/**
 * Answers a publisher who asked for it: a transactional send or a broadcast with {@code reply_to} and
 * {@code correlation_id}. The reply goes to the queue {@code reply_to}, with the API's answer as it came, or with
 * {@code {"error": {"reason", "status", "message"}}}; header {@code x-cio-outcome} says which. A reply that cannot be
 * placed (the publisher has gone) is dropped: it must not hold up the command that it reports on.
 */
final class Reply extends AsyncProcessorSupport {

    private static final Logger log = LoggerFactory.getLogger(Reply.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> ANSWERED =
            Set.of(CommandType.TRANSACTIONAL.routingKey(), CommandType.BROADCAST.routingKey());

    private final ConfirmedPublisher publisher;
    private final Duration timeout;

    /** @param timeout how long to wait for the broker's confirm */
    Reply(ConfirmedPublisher publisher, Duration timeout) {
        this.publisher = publisher;
        this.timeout = timeout;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        ApiAnswer answer = exchange.getMessage().getBody() instanceof ApiAnswer a ? a : null;
        CompletableFuture<?>[] replies = Commands.of(exchange).stream()
                .filter(Reply::isWanted)
                .map(command -> reply(command, answer))
                .toArray(CompletableFuture<?>[]::new);
        if (replies.length == 0) {
            callback.done(true);
            return true;
        }
        CompletableFuture.allOf(replies).whenComplete((done, failure) -> callback.done(false));
        return false;
    }

    private static boolean isWanted(Command command) {
        MessageProperties properties = command.delivery().properties();
        return ANSWERED.contains(command.name())
                && properties.getReplyTo() != null
                && !properties.getReplyTo().isBlank()
                && properties.getCorrelationId() != null;
    }

    private CompletableFuture<Void> reply(Command command, ApiAnswer answer) {
        boolean delivered = command.failure() == null && answer != null && answer.isSuccess();
        if (!delivered && command.failure() == null) {
            return CompletableFuture.completedFuture(null);
        }
        MessageProperties request = command.delivery().properties();
        Message message = MessageBuilder.withBody(delivered ? body(answer) : error(command.failure()))
                .setContentType(MessageProperties.CONTENT_TYPE_JSON)
                .setCorrelationId(request.getCorrelationId())
                .setHeader(
                        "x-cio-outcome",
                        delivered ? "delivered" : command.failure().reason().label())
                .build();
        return publisher.publish("", request.getReplyTo(), message, timeout).exceptionally(failure -> {
            LoggedMessage.about(command, () -> log.warn("Reply to {} was dropped: {}", command, failure.getMessage()));
            return null;
        });
    }

    private static byte[] body(ApiAnswer answer) {
        return answer.body().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] error(Failure failure) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode error =
                root.putObject("error").put("reason", failure.reason().label());
        if (failure.status() != 0) {
            error.put("status", failure.status());
        }
        error.put("message", failure.text());
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }
}
