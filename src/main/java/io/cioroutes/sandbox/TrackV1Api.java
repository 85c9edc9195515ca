package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cioroutes.sandbox.Identifier.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The Track API, version 1: {@code /api/v1/…}, and unsubscribing by delivery at the root. */
final class TrackV1Api {
    private static final Set<String> METRICS =
            Set.of("bounced", "clicked", "converted", "deferred", "delivered", "dropped", "opened", "spammed");
    private static final Set<String> PUSH_EVENTS = Set.of("opened", "converted", "delivered");
    private static final Set<String> EVENT_TYPES = Set.of("event", "page", "screen");
    private static final int MAX_SEGMENT_IDS = 1000;

    private final SandboxOptions options;
    private final Workspace workspace;
    private final Stats stats;

    TrackV1Api(SandboxOptions options, Workspace workspace, Stats stats) {
        this.options = options;
        this.workspace = workspace;
        this.stats = stats;
    }

    /** Answers a request below {@code /api/v1}, or returns null where there is no such endpoint. */
    Answer handle(Call call) {
        String template = template(call.segments());
        call.endpoint("/api/v1/" + template);
        switch (call.method() + " " + template) {
            case "PUT customers/{identifier}":
                return identify(call);
            case "DELETE customers/{identifier}":
                return simple(call, "person delete", () -> workspace.delete(who(call)));
            case "POST customers/{identifier}/suppress":
                return simple(call, "person suppress", () -> workspace.suppress(who(call)));
            case "POST customers/{identifier}/unsuppress":
                return simple(call, "person unsuppress", () -> workspace.unsuppress(who(call)));
            case "PUT customers/{identifier}/devices":
                return addDevice(call);
            case "DELETE customers/{identifier}/devices/{device}":
                return simple(call, "person delete_device", () -> workspace.deleteDevice(who(call), call.segment(5)));
            case "POST customers/{identifier}/events":
                return event(call, who(call));
            case "POST events":
                return anonymousEvent(call);
            case "POST merge_customers":
                return merge(call);
            case "POST metrics":
                return metric(call, "metric", METRICS);
            case "POST push/events":
                return metric(call, "event", PUSH_EVENTS);
            case "POST segments/{segment}/add_customers":
                return segment(call, true);
            case "POST segments/{segment}/remove_customers":
                return segment(call, false);
            case "POST forms/{form}/submit":
                return form(call);
            case "GET accounts/region":
                return region();
            default:
                call.endpoint("/api/v1/…");
                return null;
        }
    }

    private static String template(List<String> segments) {
        List<String> names = new ArrayList<>(segments.subList(2, segments.size()));
        String first = names.isEmpty() ? "" : names.get(0);
        String variable = Map.of("customers", "{identifier}", "segments", "{segment}", "forms", "{form}")
                .get(first);
        if (variable != null && names.size() > 1 && !names.get(1).isBlank()) {
            names.set(1, variable);
        }
        if (names.size() == 4 && "devices".equals(names.get(2)) && !names.get(3).isBlank()) {
            names.set(3, "{device}");
        }
        return String.join("/", names);
    }

    private static Identifier who(Call call) {
        String value = call.segment(3);
        if (Json.utf8(value) > Identifier.MAX_BYTES) {
            throw new Refused(Answer.metaErrors(
                    400, List.of("identifier cannot be longer than " + Identifier.MAX_BYTES + " bytes")));
        }
        return Identifier.ofPath(value);
    }

    static ObjectNode body(Call call) {
        if (!call.hasJsonType()) {
            throw new Refused(Answer.metaErrors(400, List.of("Content-Type must be application/json")));
        }
        try {
            if (call.json() instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw new Refused(Answer.metaErrors(400, List.of("request body is not valid JSON")));
        }
        throw new Refused(Answer.metaErrors(400, List.of("request body must be a JSON object")));
    }

    private Answer simple(Call call, String kind, Runnable effect) {
        JsonNode body = call.body().length == 0 ? JsonNodeFactory.instance.objectNode() : body(call);
        effect.run();
        return accepted(kind, body);
    }

    private Answer accepted(String kind, JsonNode body) {
        stats.operation(kind, body);
        return Answer.accepted();
    }

    private Answer identify(Call call) {
        Identifier who = who(call);
        ObjectNode attributes = body(call);
        List<Problem> problems = new ArrayList<>();
        Rules.personAttributes(attributes, "", problems);
        Refused.unlessEmpty(problems);
        workspace.identify(who, attributes, null, null);
        return accepted("person identify", attributes);
    }

    private Answer addDevice(Call call) {
        Identifier who = who(call);
        ObjectNode body = body(call);
        List<Problem> problems = new ArrayList<>();
        Rules.device(body.path("device"), "id", problems);
        Refused.unlessEmpty(problems);
        workspace.addDevice(who, device(body.get("device"), "id"));
        return accepted("person add_device", body);
    }

    static Profile.Device device(JsonNode device, String idField) {
        return new Profile.Device(
                device.get(idField).textValue(),
                device.get("platform").textValue(),
                device.hasNonNull("last_used")
                        ? Long.valueOf(device.get("last_used").longValue())
                        : null,
                device.hasNonNull("attributes") ? device.get("attributes") : null);
    }

    private Answer event(Call call, Identifier who) {
        ObjectNode event = body(call);
        checkEvent(event);
        String type = event.path("type").asText("event");
        workspace.event(who, type, event, event.path("data"));
        return accepted("person " + type, event);
    }

    private static void checkEvent(ObjectNode event) {
        List<Problem> problems = new ArrayList<>();
        Rules.event(event, "data", problems);
        JsonNode type = event.path("type");
        if (!Json.isAbsent(type) && !EVENT_TYPES.contains(type.asText())) {
            problems.add(Problem.invalid("type", "type must be event, page or screen"));
        }
        Refused.unlessEmpty(problems);
    }

    /** An event without {@code anonymous_id} is an invitation, whose {@code data.recipient} says where it goes. */
    private Answer anonymousEvent(Call call) {
        ObjectNode event = body(call);
        checkEvent(event);
        List<Problem> problems = new ArrayList<>();
        Identifier who = null;
        JsonNode anonymousId = event.path("anonymous_id");
        if (!Json.isAbsent(anonymousId)) {
            who = Identifier.of(Kind.ANONYMOUS_ID, anonymousId, "anonymous_id", problems);
        } else if (!Json.isText(event.path("data").path("recipient"))) {
            problems.add(new Problem("required", "anonymous_id", "anonymous_id or data.recipient is required"));
        }
        Refused.unlessEmpty(problems);
        String type = event.path("type").asText("event");
        workspace.event(who, type, event, event.path("data"));
        return accepted("anonymous " + type, event);
    }

    private Answer merge(Call call) {
        ObjectNode body = body(call);
        List<Problem> problems = new ArrayList<>();
        Identifier primary = Identifier.ofBody(body.path("primary"), "primary", PersonKinds.MERGE, problems);
        Identifier secondary = Identifier.ofBody(body.path("secondary"), "secondary", PersonKinds.MERGE, problems);
        if (!problems.isEmpty()) {
            return Answer.metaError(400, problems.get(0).text());
        }
        workspace.merge(primary, secondary);
        return accepted("person merge", body);
    }

    private Answer metric(Call call, String field, Set<String> allowed) {
        ObjectNode body = body(call);
        List<Problem> problems = new ArrayList<>();
        if (!Json.isText(body.path("delivery_id"))) {
            problems.add(Problem.required("delivery_id"));
        }
        String metric = body.path(field).asText();
        if (metric.isBlank()) {
            problems.add(Problem.required(field));
        } else if (!allowed.contains(metric)) {
            problems.add(Problem.invalid(
                    field,
                    field + " must be one of "
                            + String.join(", ", allowed.stream().sorted().toList())));
        }
        Rules.timestamp(body.path("timestamp"), "timestamp", problems);
        Refused.unlessEmpty(problems);
        workspace.metric(
                body.get("delivery_id").textValue(),
                metric,
                body.hasNonNull("timestamp")
                        ? Long.valueOf(body.get("timestamp").longValue())
                        : null);
        return accepted("delivery " + metric, body);
    }

    private Answer segment(Call call, boolean add) {
        ObjectNode body = body(call);
        List<Problem> problems = new ArrayList<>();
        String idType = call.query("id_type").orElse("id");
        if (!Set.of("id", "email", "cio_id").contains(idType)) {
            problems.add(Problem.invalid("id_type", "id_type must be id, email or cio_id"));
        }
        if (!call.segment(3).matches("\\d{1,18}")) {
            problems.add(Problem.invalid("segment", "segment must be a number"));
        }
        JsonNode ids = body.path("ids");
        List<String> values = new ArrayList<>();
        if (!ids.isArray() || ids.isEmpty() || ids.size() > MAX_SEGMENT_IDS) {
            problems.add(Problem.invalid("ids", "ids must be an array of 1 to " + MAX_SEGMENT_IDS + " identifiers"));
        } else {
            for (JsonNode id : ids) {
                if (!Json.isText(id) && !id.isIntegralNumber()) {
                    problems.add(Problem.invalid("ids", "ids must be strings that are not blank"));
                }
                values.add(id.asText());
            }
        }
        Refused.unlessEmpty(problems);
        workspace.segment(Long.parseLong(call.segment(3)), Kind.valueOf(idType.toUpperCase(Locale.ROOT)), values, add);
        return accepted(add ? "segment add" : "segment remove", body);
    }

    private Answer form(Call call) {
        ObjectNode body = body(call);
        List<Problem> problems = new ArrayList<>();
        JsonNode data = body.path("data");
        if (!data.isObject()) {
            problems.add(Problem.required("data"));
        } else {
            data.properties().forEach(field -> {
                if (!field.getValue().isTextual()) {
                    problems.add(
                            Problem.invalid("data." + field.getKey(), "data." + field.getKey() + " must be a string"));
                }
            });
            if (!Json.isText(data.path("email")) && !Json.isText(data.path("id"))) {
                problems.add(new Problem("required", "data", "data.email or data.id is required"));
            }
            Rules.personAttributes(data, "data", problems);
        }
        Refused.unlessEmpty(problems);
        Identifier who = Json.isText(data.path("id"))
                ? new Identifier(Kind.ID, data.get("id").textValue())
                : new Identifier(Kind.EMAIL, data.get("email").textValue());
        workspace.identify(who, data, null, null);
        stats.operation("form submit", body);
        return Answer.empty(204);
    }

    private Answer region() {
        String host = "eu".equals(options.region()) ? "https://track-eu.customer.io" : "https://track.customer.io";
        return Answer.json(200, Json.object("url", host, "region", options.region(), "environment_id", 1));
    }

    /** {@code POST /unsubscribe/{delivery}}: the one call that needs no login. */
    Answer unsubscribe(Call call) {
        call.endpoint("/unsubscribe/{delivery}");
        ObjectNode body = body(call);
        if (!body.path("unsubscribe").isBoolean()) {
            return Answer.metaErrors(400, List.of("unsubscribe must be true or false"));
        }
        if (body.get("unsubscribe").booleanValue()) {
            workspace.unsubscribe(call.segment(1));
        }
        return accepted("delivery unsubscribe", body);
    }
}
