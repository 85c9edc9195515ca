package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Turns the body of a message into calls to Customer.io: reads it strictly, validates it against the JSON Schema of its
 * command and Customer.io's documented limits, and maps it. Immutable; one instance serves all threads.
 */
public final class CommandTranslator {

    private record Kind(CommandSchema schema, Mapping mapping) {}

    private final Map<CommandType, Kind> kinds = new EnumMap<>(CommandType.class);

    /** Compiles the schemas of all commands. */
    public CommandTranslator() {
        for (CommandType type : CommandType.values()) {
            kinds.put(type, new Kind(CommandSchema.of(type), mappingOf(type)));
        }
    }

    /**
     * Understands one message.
     *
     * @param type the command, by the queue that the message came from
     * @param body the body as it came
     * @param facts what AMQP says about it
     * @throws InvalidCommandException when it can never be delivered as it is; names every violation
     */
    public Translation translate(CommandType type, byte[] body, MessageFacts facts) throws InvalidCommandException {
        Kind kind = kinds.get(type);
        ObjectNode json = Json.read(body);
        Violations violations = new Violations();
        kind.schema.check(json, violations);
        JsonNode statedTime = kind.mapping.statedTime(json);
        CommandTime.check("timestamp", json.path("timestamp"), violations);
        kind.mapping.check(json, facts.receivedAt(), violations);
        violations.throwIfAny();

        String messageId = messageId(json, facts);
        long time = statedTime.isMissingNode() ? timeOf(facts) : CommandTime.seconds(statedTime);
        List<Operation> operations = kind.mapping.map(new Command(json, messageId, facts.eventId(), time));
        return new Translation(type, messageId, time, operations);
    }

    /**
     * Checks a body without sending it anywhere.
     *
     * @throws InvalidCommandException when it can never be delivered as it is; names every violation
     */
    public void validate(CommandType type, byte[] body) throws InvalidCommandException {
        translate(type, body, new MessageFacts(null, null, Instant.now().getEpochSecond()));
    }

    private static String messageId(ObjectNode json, MessageFacts facts) {
        String messageId = facts.messageId();
        return messageId != null && !messageId.isBlank()
                ? messageId
                : json.path("id").textValue();
    }

    /** Some clients put milliseconds into the AMQP timestamp, which AMQP defines in seconds: those do not count. */
    private static long timeOf(MessageFacts facts) {
        Long timestamp = facts.timestamp();
        return timestamp != null && CommandTime.isPlausible(timestamp) ? timestamp : facts.receivedAt();
    }

    private static Mapping mappingOf(CommandType type) {
        return switch (type) {
            case IDENTIFY -> new IdentifyMapping();
            case TRACK -> new TrackMapping();
            case TRANSACTIONAL -> new TransactionalMapping();
            case BROADCAST -> new BroadcastMapping();
            case SUPPRESS -> new PersonMapping(TrackOperations::suppress);
            case UNSUPPRESS -> new PersonMapping(TrackOperations::unsuppress);
            case DELETE -> new PersonMapping(TrackOperations::delete);
            case USER -> new UserMapping();
            case ENTITY -> new EntityMapping();
        };
    }
}
