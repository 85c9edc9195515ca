package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Turns the body of a message into calls to Customer.io: reads it strictly, validates it against the JSON Schema of its
 * command and Customer.io's documented limits, and maps it. Immutable; one instance serves all threads.
 */
public final class CommandTranslator {

    private static final String COMMAND = "command";

    /**
     * Bytes of a message that are read: a request of the largest size that Customer.io takes, and as much again for
     * indentation and escapes. What is longer can never be delivered, and reading it could take all memory.
     */
    private static final int MAX_BYTES = 2 * DocumentedLimits.BROADCAST_BYTES;

    /** The same for all but broadcasts: a transactional send with its attachments is the largest of them. */
    private static final int MAX_BYTES_OF_OTHERS = 10_000_000;

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
        checkLength(body, type == CommandType.BROADCAST ? MAX_BYTES : MAX_BYTES_OF_OTHERS);
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
        return new Translation(messageId, time, operations);
    }

    /**
     * Reads the body of a message strictly.
     *
     * @throws InvalidCommandException when it is no JSON object in UTF-8, or longer than any command may be
     */
    public static JsonNode read(byte[] body) throws InvalidCommandException {
        checkLength(body, MAX_BYTES);
        return Json.read(body);
    }

    private static void checkLength(byte[] body, int limit) throws InvalidCommandException {
        if (body.length > limit) {
            throw Violations.single("", "the body has " + CommandSchema.tooLarge(body.length, limit));
        }
    }

    /**
     * Understands what the mapping of a flow made of one message.
     *
     * @param commands a list of commands or one command: objects with the field {@code command} and the fields of that
     *     command's body; as JSON, as text, or as maps and lists
     * @param facts what AMQP says about the message
     * @return their operations in the order of the list; none for an empty list
     * @throws InvalidCommandException when one of them can never be delivered as it is; names every violation of all
     */
    public Translation translateAll(Object commands, MessageFacts facts) throws InvalidCommandException {
        JsonNode list = Json.of(commands);
        List<JsonNode> items = list.isArray() ? new ArrayList<>() : List.of(list);
        list.forEach(item -> {
            if (list.isArray()) {
                items.add(item);
            }
        });
        Violations violations = new Violations();
        List<Translation> translations = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            try {
                translations.add(translateItem(items.get(i), i, i == items.size() - 1, facts));
            } catch (InvalidCommandException e) {
                String place = items.size() == 1 ? "" : "[" + i + "]";
                e.violations().forEach(v -> violations.add(join(place, v.field()), v.message()));
            }
        }
        violations.throwIfAny();
        Translation last = translations.isEmpty() ? null : translations.get(translations.size() - 1);
        return new Translation(
                last == null ? facts.messageId() : last.messageId(),
                last == null ? facts.receivedAt() : last.time(),
                translations.stream().flatMap(t -> t.operations().stream()).toList());
    }

    private Translation translateItem(JsonNode item, int index, boolean isLast, MessageFacts facts)
            throws InvalidCommandException {
        if (!(item instanceof ObjectNode given)) {
            throw Violations.single(
                    "", "the mapping must make objects with the field 'command', it made " + Json.typeOf(item));
        }
        JsonNode name = given.path(COMMAND);
        CommandType type = CommandType.ofRoutingKey(name.textValue())
                .orElseThrow(() -> Violations.single(
                        COMMAND,
                        (name.isTextual() ? "there is no command of this name" : "must name a command")
                                + "; there are "
                                + Arrays.stream(CommandType.values())
                                        .map(CommandType::routingKey)
                                        .collect(Collectors.joining(", "))));
        if (!isLast && (type == CommandType.TRANSACTIONAL || type == CommandType.BROADCAST)) {
            throw Violations.single(COMMAND, "a send must be the last of the list: what follows it may be repeated");
        }
        ObjectNode body = given.deepCopy();
        body.remove(COMMAND);
        // One message, several events: each needs an id of its own, or Customer.io takes the second for the first.
        String own = body.path("id").textValue();
        String messageId = own != null && !own.isBlank() ? own : numbered(facts.messageId(), index);
        String eventId = index == 0 || facts.eventId() == null
                ? facts.eventId()
                : EventId.of(numbered(facts.eventId(), index), null);
        return translate(
                type, Json.write(body), new MessageFacts(messageId, facts.timestamp(), facts.receivedAt(), eventId));
    }

    private static String numbered(String id, int index) {
        return id == null || id.isBlank() || index == 0 ? id : id + "#" + index;
    }

    private static String join(String place, String field) {
        return place.isEmpty() || field.isEmpty() ? place + field : place + "." + field;
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
