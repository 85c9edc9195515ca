package io.cioroutes.cases;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cioroutes.broker.BrokerTopology;
import io.cioroutes.sandbox.ScriptedReply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A test of the routes as data: messages in, scripted replies of the API, requests expected, outcome of each message.
 * One YAML file holds one case; it may use {@link Abbreviations}.
 *
 * @param name what the case shows, as a sentence
 * @param together true: all operations must have come in one batch, or the case is begun anew
 * @param messages what is published, in this order
 * @param api replies of the API, in the order of its use; without one the sandbox answers as Customer.io would
 * @param requests requests expected at the API, in this order; null: not looked at
 */
public record RouteCase(
        String name, boolean together, List<Message> messages, List<ScriptedReply> api, List<Request> requests) {

    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * A message that is published.
     *
     * @param command the command, which is also the routing key; or {@code queue}
     * @param queue the queue of a flow
     * @param body the body as JSON; or {@code text}
     * @param text the body as it stands
     * @param properties AMQP properties: {@code messageId}, {@code timestamp} (epoch seconds), {@code expiration},
     *     {@code headers}, …
     * @param outcome what becomes of it: {@code delivered}, {@code parked}, {@code repeated}, {@code ignored} or a reason of dead letters
     * @param error text that {@code x-cio-error} must contain
     * @param status what {@code x-cio-status} must be
     * @param attempts what {@code x-cio-attempts} must be
     * @param reply JSON that the reply must contain; a message with it is published with {@code reply_to}
     */
    public record Message(
            String command,
            String queue,
            JsonNode body,
            String text,
            Properties properties,
            String outcome,
            String error,
            Integer status,
            Integer attempts,
            JsonNode reply) {

        /** The queue that it reaches. */
        public String destination() {
            return queue == null ? BrokerTopology.queue(command) : queue;
        }
    }

    /** See {@link Message}. */
    public record Properties(
            String messageId, Long timestamp, String expiration, String contentType, Map<String, Object> headers) {}

    /**
     * A request that is expected.
     *
     * @param request method and path, as in {@code POST /api/v2/batch}
     * @param body JSON that the body must contain: objects may have further fields, lists must match item by item;
     *     {@code "<any>"} and {@code "<ulid>"} stand for what cannot be known
     * @param headers headers that it must have
     * @param without headers that it must not have
     */
    public record Request(
            @JsonProperty(required = true) String request,
            JsonNode body,
            Map<String, String> headers,
            List<String> without) {}

    /** Reads a case from its file. */
    public static RouteCase read(Path file) throws IOException {
        return YAML.treeToValue(Abbreviations.expand(YAML.readTree(file.toFile())), RouteCase.class);
    }
}
