package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** Passes an operation of the Track v2 API through. Adds what makes it safe to repeat: its time and an event's ULID. */
final class EntityMapping implements Mapping {

    private static final Set<String> EVENTS = Set.of("event", "page", "screen");

    @Override
    public JsonNode statedTime(ObjectNode body) {
        JsonNode time = body.path("timestamp");
        return time.isMissingNode() ? body.path("attributes").path(TrackOperations.TIMESTAMP) : time;
    }

    @Override
    public void check(ObjectNode body, long now, Violations violations) {
        Person.check(body, violations);
        boolean isIdentify = is(body, "person", Set.of("identify"));
        if (isIdentify) {
            Attributes.check("attributes", body.path("attributes"), 0, violations);
        }
    }

    @Override
    public List<Operation> map(Command command) throws InvalidCommandException {
        ObjectNode operation = command.body();
        JsonNode id = operation.path("id");
        if (is(operation, "person", EVENTS)) {
            operation.put("id", EventId.of(id.isMissingNode() ? command.messageId() : id.textValue()));
        } else {
            operation.remove("id");
        }
        boolean needsTime = is(operation, "person", EVENTS) || is(operation, "person", Set.of("identify"));
        if (needsTime || operation.has("timestamp")) {
            operation.put("timestamp", command.time());
        }
        return List.of(TrackOperations.batched(operation));
    }

    private static boolean is(ObjectNode body, String type, Set<String> actions) {
        return type.equals(body.path("type").textValue())
                && actions.contains(body.path("action").asText());
    }
}
