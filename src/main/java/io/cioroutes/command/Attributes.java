package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** Attributes of a person. */
final class Attributes {

    /** Instructions to Customer.io that travel among the attributes. */
    private static final Set<String> INSTRUCTIONS = Set.of("_update", TrackOperations.TIMESTAMP, "cio_relationships");

    private Attributes() {}

    /** How many attributes these are, instructions not counted. */
    static int count(JsonNode attributes) {
        int count = attributes.size();
        for (String instruction : INSTRUCTIONS) {
            count -= attributes.has(instruction) ? 1 : 0;
        }
        return count;
    }

    /** Adds the violations that the schema cannot express. The attributes may be missing or of any type. */
    static void check(String field, JsonNode attributes, int added, Violations violations) {
        if (attributes.isObject() && count(attributes) + added > DocumentedLimits.ATTRIBUTES) {
            violations.add(
                    field,
                    count(attributes) + added + " attributes, at most " + DocumentedLimits.ATTRIBUTES + " are allowed");
        }
        CommandTime.check(
                field + "." + TrackOperations.TIMESTAMP, attributes.path(TrackOperations.TIMESTAMP), violations);
    }

    /** The time that the attributes state, else the one that the body states; may be missing. */
    static JsonNode statedTime(JsonNode attributes, ObjectNode body) {
        JsonNode time = attributes.path(TrackOperations.TIMESTAMP);
        return time.isMissingNode() ? body.path("timestamp") : time;
    }
}
