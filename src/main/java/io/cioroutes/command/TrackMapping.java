package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Records an event, a page view or a screen view. */
final class TrackMapping implements Mapping {

    @Override
    public void check(ObjectNode body, long now, Violations violations) {
        Person.check(body, violations);
    }

    @Override
    public List<Operation> map(Command command) throws InvalidCommandException {
        ObjectNode body = command.body();
        String action = body.path("type").asText("event");
        String name = body.get("name").textValue();
        String ulid = command.eventId();
        JsonNode data = body.path("data");
        JsonNode anonymousId = body.get("anonymousId");
        return List.of(
                anonymousId != null
                        ? TrackOperations.anonymousEvent(
                                anonymousId.textValue(), action, name, ulid, command.time(), data)
                        : TrackOperations.event(Person.of(body), action, name, ulid, command.time(), data));
    }
}
