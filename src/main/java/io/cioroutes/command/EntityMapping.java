package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** Passes an operation of the Track v2 API through. Adds what makes it safe to repeat: its time and an event's ULID. */
final class EntityMapping implements Mapping {

    private static final Set<String> EVENTS = Set.of("event", "page", "screen");
    private static final Set<String> IDENTIFY = Set.of("identify");

    @Override
    public JsonNode statedTime(ObjectNode body) {
        return !body.has("timestamp") && isPersons(body, IDENTIFY)
                ? body.path("attributes").path(TrackOperations.TIMESTAMP)
                : body.path("timestamp");
    }

    @Override
    public void check(ObjectNode body, long now, Violations violations) {
        Person.check(body, violations);
        if (isPersons(body, IDENTIFY)) {
            Attributes.check("attributes", body.path("attributes"), 0, violations);
        }
    }

    @Override
    public List<Operation> map(Command command) throws InvalidCommandException {
        ObjectNode operation = command.body();
        JsonNode id = operation.path("id");
        if (isPersons(operation, EVENTS)) {
            operation.put("id", id.isMissingNode() ? command.eventId() : EventId.of(id.textValue(), null));
        } else {
            operation.remove("id");
        }
        boolean needsTime = isPersons(operation, EVENTS) || isPersons(operation, IDENTIFY);
        if (needsTime || operation.has("timestamp")) {
            operation.put("timestamp", command.time());
        }
        return List.of(TrackOperations.batched(operation));
    }

    private static boolean isPersons(ObjectNode body, Set<String> actions) {
        return "person".equals(body.path("type").textValue())
                && actions.contains(body.path("action").asText());
    }
}
