package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Writes operations of the Track API: as an item of a v2 batch, or as a v1 call of its own where v2 cannot say it or
 * would refuse its size.
 */
final class TrackOperations {

    private static final String RELATIONSHIPS = "cio_relationships";
    private static final String ADD_RELATIONSHIPS = "add_relationships";

    /** The key that states the time of a change among the attributes of v1. */
    static final String TIMESTAMP = "_timestamp";

    private TrackOperations() {}

    /** Any v2 operation that fits into a batch. */
    static Operation batched(ObjectNode operation) throws InvalidCommandException {
        byte[] body = Json.write(operation);
        if (body.length > DocumentedLimits.OPERATION_BYTES) {
            throw Violations.single(
                    "",
                    "as an operation of Customer.io's Track v2 API the message has "
                            + CommandSchema.tooLarge(body.length, DocumentedLimits.OPERATION_BYTES));
        }
        return inBatch(body);
    }

    static Operation suppress(Person person) throws InvalidCommandException {
        return batched(personOperation(person, "suppress"));
    }

    static Operation unsuppress(Person person) throws InvalidCommandException {
        return batched(personOperation(person, "unsuppress"));
    }

    static Operation delete(Person person) throws InvalidCommandException {
        return batched(personOperation(person, "delete"));
    }

    /**
     * Creates or updates a person.
     *
     * @param attributes in the form of v1, where {@code cio_relationships} is one of them
     * @param time of the change, in unix seconds
     */
    static Operation identify(Person person, ObjectNode attributes, long time) throws InvalidCommandException {
        attributes.remove(TIMESTAMP);
        JsonNode relationships = attributes.path(RELATIONSHIPS);
        if (relationships.isObject()
                && !ADD_RELATIONSHIPS.equals(relationships.path("action").textValue())) {
            // An identify of v2 only adds relationships.
            return identifyAlone(person, attributes, time, "removes relationships together with other changes");
        }
        ObjectNode operation = personOperation(person, "identify").put("timestamp", time);
        if (relationships.isMissingNode()) {
            operation.set("attributes", attributes);
        } else {
            operation.set("attributes", attributes.deepCopy().without(RELATIONSHIPS));
            operation.set(RELATIONSHIPS, relationships.isArray() ? relationships : relationships.get("relationships"));
        }
        byte[] body = Json.write(operation);
        return body.length <= DocumentedLimits.OPERATION_BYTES
                ? inBatch(body)
                : identifyAlone(person, attributes, time, tooLargeForBatch(body));
    }

    /**
     * An event, page view or screen view of a person.
     *
     * @param action {@code event}, {@code page} or {@code screen}
     * @param data may be missing
     * @param time unix seconds
     */
    static Operation event(Person person, String action, String name, String ulid, long time, JsonNode data)
            throws InvalidCommandException {
        ObjectNode operation = personOperation(person, action)
                .put("name", name)
                .put("id", ulid)
                .put("timestamp", time);
        if (!data.isMissingNode()) {
            operation.set("attributes", data);
        }
        byte[] body = Json.write(operation);
        return body.length <= DocumentedLimits.OPERATION_BYTES
                ? inBatch(body)
                : new Operation(
                        Operation.Kind.TRACK,
                        "POST",
                        pathOf(person, tooLargeForBatch(body)) + "/events",
                        Json.write(eventOfV1(action, name, ulid, time, data)));
    }

    /** An event that no person is named for. Only v1 documents it. */
    static Operation anonymousEvent(
            String anonymousId, String action, String name, String ulid, long time, JsonNode data) {
        ObjectNode event = eventOfV1(action, name, ulid, time, data);
        if (!anonymousId.isBlank()) {
            event.put("anonymous_id", anonymousId);
        }
        return new Operation(Operation.Kind.TRACK, "POST", "/api/v1/events", Json.write(event));
    }

    private static Operation identifyAlone(Person person, ObjectNode attributes, long time, String reason)
            throws InvalidCommandException {
        String path = pathOf(person, reason);
        ObjectNode body = attributes.deepCopy().put(TIMESTAMP, time);
        JsonNode relationships = body.path(RELATIONSHIPS);
        if (relationships.isArray()) {
            body.putObject(RELATIONSHIPS).put("action", ADD_RELATIONSHIPS).set("relationships", relationships);
        }
        return new Operation(Operation.Kind.TRACK, "PUT", path, Json.write(body));
    }

    private static ObjectNode eventOfV1(String action, String name, String ulid, long time, JsonNode data) {
        ObjectNode event = Json.object().put("name", name);
        if (!action.equals("event")) {
            event.put("type", action);
        }
        event.put("id", ulid).put("timestamp", time);
        if (!data.isMissingNode()) {
            event.set("data", data);
        }
        return event;
    }

    private static ObjectNode personOperation(Person person, String action) {
        ObjectNode operation = Json.object().put("type", "person");
        operation.set("identifiers", person.identifiers());
        return operation.put("action", action);
    }

    private static Operation inBatch(byte[] body) {
        return new Operation(Operation.Kind.BATCH, "POST", Operation.BATCH_PATH, body);
    }

    private static String tooLargeForBatch(byte[] body) {
        return "has " + body.length + " bytes as an operation of the Track v2 API, which takes "
                + DocumentedLimits.OPERATION_BYTES;
    }

    private static String pathOf(Person person, String reason) throws InvalidCommandException {
        return "/api/v1/customers/"
                + person.pathSegment()
                        .orElseThrow(() -> Violations.single(
                                "identifiers",
                                "only the Track v1 API takes this message, because it " + reason
                                        + "; and v1 cannot address a person by this identifier"));
    }
}
