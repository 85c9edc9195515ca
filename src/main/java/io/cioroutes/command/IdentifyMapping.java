package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Creates or updates a person, and says when they were last seen. */
final class IdentifyMapping implements Mapping {

    private static final String ATTRIBUTES = "attrs";
    private static final String LAST_SEEN = "last_seen_at";

    @Override
    public JsonNode statedTime(ObjectNode body) {
        return Attributes.statedTime(body.path(ATTRIBUTES), body);
    }

    @Override
    public void check(ObjectNode body, long now, Violations violations) {
        Person.check(body, violations);
        Attributes.check(ATTRIBUTES, body.path(ATTRIBUTES), 0, violations);
    }

    @Override
    public List<Operation> map(Command command) throws InvalidCommandException {
        ObjectNode attributes = (ObjectNode) command.body().get(ATTRIBUTES);
        if (attributes == null) {
            attributes = Json.object();
        }
        // The publisher's own 300 attributes come first: ours would make the API refuse them.
        if (!attributes.has(LAST_SEEN) && Attributes.count(attributes) < DocumentedLimits.ATTRIBUTES) {
            attributes.put(LAST_SEEN, command.time());
        }
        return List.of(TrackOperations.identify(Person.of(command.body()), attributes, command.time()));
    }
}
