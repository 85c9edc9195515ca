package io.cioroutes.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cioroutes.broker.BrokerTopology;
import io.cioroutes.delivery.ConfirmedPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageBuilderSupport;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;

/**
 * Publishes a list of commands, and is done when the broker has confirmed and routed every one. In: a JSON list of
 * objects with the name of the command in {@code command} and the fields of its body. The body's {@code id} becomes the
 * {@code message_id} as well.
 *
 * <p>Fails where one was not taken; then nobody knows which of the others were, and all are to be published again.
 */
final class PublishCommands implements Processor {

    private static final String COMMAND = "command";
    private static final JsonMapper JSON = new JsonMapper();

    /** Confirms awaited together; each takes a channel, of which Spring keeps 25. */
    private static final int PIPELINE = 25;

    private final ConfirmedPublisher publisher;

    PublishCommands(ConfirmedPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public void process(Exchange exchange) throws JsonProcessingException, InterruptedException {
        JsonNode commands = exchange.getMessage().getBody(JsonNode.class);
        if (commands == null || !commands.isArray()) {
            throw new IllegalArgumentException("the mapping must make a list of commands");
        }
        List<CompletableFuture<Void>> underWay = new ArrayList<>();
        for (JsonNode command : commands) {
            underWay.add(publish(command));
            if (underWay.size() == PIPELINE) {
                await(underWay);
            }
        }
        await(underWay);
    }

    private CompletableFuture<Void> publish(JsonNode command) throws JsonProcessingException {
        if (!(command instanceof ObjectNode object) || !command.path(COMMAND).isTextual()) {
            throw new IllegalArgumentException("each command must be an object that names it in the field 'command'");
        }
        ObjectNode body = object.deepCopy();
        body.remove(COMMAND);
        MessageBuilderSupport<Message> message = MessageBuilder.withBody(JSON.writeValueAsBytes(body))
                .setContentType(MessageProperties.CONTENT_TYPE_JSON)
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT);
        if (body.path("id").isTextual()) {
            message.setMessageId(body.get("id").textValue());
        }
        Message built = message.build();
        return publisher.publish(BrokerTopology.EXCHANGE, command.get(COMMAND).textValue(), built);
    }

    private static void await(List<CompletableFuture<Void>> underWay) throws InterruptedException {
        try {
            CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new)).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the broker did not take every command: " + e.getCause().getMessage(), e);
        }
        underWay.clear();
    }
}
