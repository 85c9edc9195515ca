package io.cioroutes.sandbox;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.cioroutes.sandbox.Identifier.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The Track API, version 2: {@code /api/v2/entity} and {@code /api/v2/batch}. */
final class TrackV2Api {
    /** "32 kB" for one operation, read as RudderStack reads it. */
    static final int MAX_ITEM = 32 * 1024;
    /** "500 kB" for a whole batch. */
    static final int MAX_BATCH = 500_000;

    private static final Map<String, Set<String>> ACTIONS = Map.of(
            "person",
            Set.of(
                    "identify",
                    "event",
                    "page",
                    "screen",
                    "delete",
                    "suppress",
                    "unsuppress",
                    "add_device",
                    "delete_device",
                    "merge",
                    "add_relationships",
                    "delete_relationships"),
            "object",
            Set.of("identify", "identify_anonymous", "delete", "add_relationships", "delete_relationships"),
            "delivery",
            Set.of("event"));
    private static final ObjectReader ONE_OF_MANY =
            Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Set<String> DELIVERY_EVENTS = Set.of("opened", "converted", "delivered");

    private final Workspace workspace;
    private final Stats stats;

    TrackV2Api(Workspace workspace, Stats stats) {
        this.workspace = workspace;
        this.stats = stats;
    }

    /** One operation of a batch, with its size in the request. */
    private record Item(JsonNode operation, long size) {}

    /** A problem of a batch's item. */
    private record ItemProblem(@JsonProperty("batch_index") int index, @JsonUnwrapped Problem problem) {}

    /** Answers a request below {@code /api/v2}, or returns null where there is no such endpoint. */
    Answer handle(Call call) {
        call.endpoint("/api/v2/" + (call.segments().size() == 3 ? call.segment(2) : "…"));
        return switch (call.endpoint()) {
            case "POST /api/v2/entity" -> entity(call);
            case "POST /api/v2/batch" -> batch(call);
            default -> null;
        };
    }

    private Answer entity(Call call) {
        requireJson(call);
        JsonNode operation;
        try {
            operation = call.json();
        } catch (IOException e) {
            return notJson();
        }
        List<Problem> problems = apply(operation, call.body().length);
        return problems.isEmpty() ? Answer.accepted() : Answer.problems(400, problems);
    }

    private Answer batch(Call call) {
        requireJson(call);
        if (call.body().length > MAX_BATCH) {
            return Answer.problems(
                    400, List.of(Problem.invalid("batch", "batch cannot be larger than " + MAX_BATCH + " bytes")));
        }
        List<Item> items;
        try {
            items = items(call.body());
        } catch (IOException e) {
            return notJson();
        }
        if (items.isEmpty()) {
            return Answer.problems(400, List.of(Problem.required("batch")));
        }
        List<ItemProblem> failed = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            int index = i;
            apply(items.get(i).operation(), items.get(i).size())
                    .forEach(problem -> failed.add(new ItemProblem(index, problem)));
        }
        return failed.isEmpty()
                ? Answer.accepted()
                : Answer.refused(
                        207,
                        Map.of("errors", failed),
                        failed.stream()
                                .map(f ->
                                        "item " + f.index() + ": " + f.problem().text())
                                .toList());
    }

    private static void requireJson(Call call) {
        if (!call.hasJsonType()) {
            throw new Refused(Answer.problems(
                    400, List.of(Problem.invalid("Content-Type", "Content-Type must be application/json"))));
        }
    }

    private static Answer notJson() {
        return Answer.problems(400, List.of(Problem.invalid("body", "request body is not valid JSON")));
    }

    /** The operations under {@code batch}; none where there is no such array. */
    private static List<Item> items(byte[] body) throws IOException {
        List<Item> items = new ArrayList<>();
        try (JsonParser parser = Json.MAPPER.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return items;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean batch = "batch".equals(parser.currentName());
                if (parser.nextToken() == JsonToken.START_ARRAY && batch) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        long start = parser.currentTokenLocation().getByteOffset();
                        JsonNode operation = ONE_OF_MANY.readTree(parser);
                        items.add(new Item(operation, parser.currentLocation().getByteOffset() - start));
                    }
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new IOException("more than one JSON value");
            }
        }
        return items;
    }

    /** Checks one operation, and applies it if there is no problem. */
    private List<Problem> apply(JsonNode operation, long size) {
        List<Problem> problems = new ArrayList<>();
        if (!operation.isObject()) {
            return List.of(Problem.invalid("body", "an operation must be an object"));
        }
        if (size > MAX_ITEM) {
            return List.of(Problem.invalid("body", "an operation cannot be larger than " + MAX_ITEM + " bytes"));
        }
        String type = name(operation, "type", ACTIONS.keySet(), problems);
        String action = name(operation, "action", type == null ? Set.of() : ACTIONS.get(type), problems);
        if (!problems.isEmpty()) {
            return problems;
        }
        Runnable effect =
                switch (type) {
                    case "person" -> person(action, operation, problems);
                    case "object" -> object(action, operation, problems);
                    default -> delivery(operation, problems);
                };
        if (problems.isEmpty()) {
            effect.run();
            stats.operation(type + " " + action, operation);
        }
        return problems;
    }

    /** Reads {@code type} or {@code action}; null where it is missing or unknown. An empty set allows any. */
    private static String name(JsonNode operation, String field, Set<String> allowed, List<Problem> problems) {
        JsonNode value = operation.path(field);
        if (!Json.isText(value)) {
            problems.add(Problem.required(field));
            return null;
        }
        if (!allowed.isEmpty() && !allowed.contains(value.textValue())) {
            problems.add(Problem.invalid(
                    field,
                    field + " must be one of "
                            + String.join(", ", allowed.stream().sorted().toList())));
            return null;
        }
        return value.textValue();
    }

    private Runnable person(String action, JsonNode operation, List<Problem> problems) {
        if ("merge".equals(action)) {
            Identifier primary = Identifier.ofBody(operation.path("primary"), "primary", PersonKinds.MERGE, problems);
            Identifier secondary =
                    Identifier.ofBody(operation.path("secondary"), "secondary", PersonKinds.MERGE, problems);
            return () -> workspace.merge(primary, secondary);
        }
        boolean event = Set.of("event", "page", "screen").contains(action);
        Identifier who = Identifier.ofBody(
                operation.path("identifiers"), "identifiers", event ? PersonKinds.V2_EVENT : PersonKinds.V2, problems);
        switch (action) {
            case "identify":
                JsonNode attributes = operation.hasNonNull("attributes")
                        ? operation.get("attributes")
                        : JsonNodeFactory.instance.objectNode();
                Rules.personAttributes(attributes, "attributes", problems);
                Rules.timestamp(operation.path("timestamp"), "timestamp", problems);
                JsonNode relationships = relationships(operation, false, Relation.TO_OBJECT, problems);
                Long timestamp = operation.hasNonNull("timestamp")
                        ? Long.valueOf(operation.get("timestamp").longValue())
                        : null;
                return () -> workspace.identify(who, attributes, timestamp, relationships);
            case "event", "page", "screen":
                Rules.event(operation, "attributes", problems);
                return () -> workspace.event(who, action, operation, operation.path("attributes"));
            case "delete":
                return () -> workspace.delete(who);
            case "suppress":
                return () -> workspace.suppress(who);
            case "unsuppress":
                return () -> workspace.unsuppress(who);
            case "add_device":
                Rules.device(operation.path("device"), "token", problems);
                return () -> workspace.addDevice(who, TrackV1Api.device(operation.get("device"), "token"));
            case "delete_device":
                if (!operation.path("device").isObject()) {
                    problems.add(Problem.required("device"));
                } else {
                    Rules.deviceToken(operation.get("device"), "token", problems);
                }
                return () -> workspace.deleteDevice(
                        who, operation.get("device").get("token").textValue());
            default:
                JsonNode changed = relationships(operation, true, Relation.TO_OBJECT, problems);
                return () -> workspace.relationships(who, changed, "add_relationships".equals(action));
        }
    }

    private enum Relation {
        TO_OBJECT,
        TO_PERSON,
        TO_ANONYMOUS
    }

    /** Checks {@code cio_relationships}, an array whose members say whom or what they point to. */
    private static JsonNode relationships(
            JsonNode operation, boolean required, Relation relation, List<Problem> problems) {
        JsonNode relationships = operation.path("cio_relationships");
        if (Json.isAbsent(relationships)) {
            if (required) {
                problems.add(Problem.required("cio_relationships"));
            }
            return JsonNodeFactory.instance.arrayNode();
        }
        if (!relationships.isArray()) {
            problems.add(Problem.invalid("cio_relationships", "cio_relationships must be an array"));
            return relationships;
        }
        for (int i = 0; i < relationships.size(); i++) {
            String field = "cio_relationships[" + i + "].identifiers";
            JsonNode identifiers = relationships.get(i).path("identifiers");
            switch (relation) {
                case TO_OBJECT -> objectIdentifiers(identifiers, field, problems);
                case TO_PERSON -> Identifier.ofBody(identifiers, field, PersonKinds.MERGE, problems);
                case TO_ANONYMOUS -> Identifier.ofBody(identifiers, field, List.of(Kind.ANONYMOUS_ID), problems);
            }
            Rules.objectAttributes(
                    relationships.get(i).path("relationship_attributes"),
                    "cio_relationships[" + i + "].relationship_attributes",
                    problems);
        }
        return relationships;
    }

    private static void objectIdentifiers(JsonNode identifiers, String field, List<Problem> problems) {
        if (Json.isAbsent(identifiers)) {
            problems.add(Problem.required(field));
            return;
        }
        if (Json.isText(identifiers.path("cio_object_id"))) {
            return;
        }
        JsonNode type = identifiers.path("object_type_id");
        if (!type.isTextual() || !type.textValue().matches("\\d{1,18}")) {
            problems.add(Problem.invalid(
                    field + ".object_type_id", field + ".object_type_id must be a string that holds a whole number"));
        }
        JsonNode id = identifiers.path("object_id");
        if (!Json.isText(id) || Json.utf8(id.textValue()) > Identifier.MAX_BYTES) {
            problems.add(Problem.invalid(
                    field + ".object_id",
                    field + ".object_id must be a string of 1 to " + Identifier.MAX_BYTES + " bytes"));
        }
    }

    private Runnable object(String action, JsonNode operation, List<Problem> problems) {
        JsonNode identifiers = operation.path("identifiers");
        objectIdentifiers(identifiers, "identifiers", problems);
        JsonNode attributes = operation.path("attributes");
        Rules.objectAttributes(attributes, "attributes", problems);
        return switch (action) {
            case "delete" -> () -> workspace.deleteObject(identifiers);
            case "identify" -> {
                JsonNode related = relationships(operation, false, Relation.TO_PERSON, problems);
                yield () -> workspace.identifyObject(identifiers, attributes, related);
            }
            case "identify_anonymous" -> {
                JsonNode related = relationships(operation, false, Relation.TO_ANONYMOUS, problems);
                yield () -> workspace.identifyObject(identifiers, attributes, related);
            }
            default -> {
                JsonNode related = relationships(operation, true, Relation.TO_PERSON, problems);
                yield () -> workspace.relateObject(identifiers, related, "add_relationships".equals(action));
            }
        };
    }

    private Runnable delivery(JsonNode operation, List<Problem> problems) {
        JsonNode id = operation.path("identifiers").path("id");
        if (!Json.isText(id)) {
            problems.add(Problem.required("identifiers.id"));
        }
        String metric = name(operation, "name", DELIVERY_EVENTS, problems);
        if (!Json.isText(operation.path("attributes").path("device_token"))) {
            problems.add(Problem.required("attributes.device_token"));
        }
        Rules.timestamp(operation.path("timestamp"), "timestamp", problems);
        Long timestamp = operation.hasNonNull("timestamp")
                ? Long.valueOf(operation.get("timestamp").longValue())
                : null;
        return () -> workspace.metric(id.textValue(), metric, timestamp);
    }
}
