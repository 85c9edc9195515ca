package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What one kind of command means to Customer.io. */
interface Mapping {

    /** The time that the body states itself; a missing node when it states none. The body may be of any shape. */
    default JsonNode statedTime(ObjectNode body) {
        return body.path("timestamp");
    }

    /**
     * Adds the violations that a JSON Schema cannot express. The body may be of any shape: its violations of the schema
     * are reported together with these.
     *
     * @param now unix seconds
     */
    void check(ObjectNode body, long now, Violations violations);

    /** The operations of a valid command, in the order in which they must be accepted. */
    List<Operation> map(Command command) throws InvalidCommandException;
}
