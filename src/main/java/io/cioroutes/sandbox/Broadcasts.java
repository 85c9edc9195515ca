package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** API-triggered broadcasts: {@code POST /v1/campaigns/{broadcast}/triggers}. */
final class Broadcasts {
    private static final List<String> AUDIENCES =
            List.of("recipients", "emails", "ids", "per_user_data", "data_file_url");
    private static final int MAX_USERS = 10_000;
    private static final int MAX_DATA = 50_000;
    /** Which audience each flag fits; any other is refused. */
    private static final Map<String, Set<String>> FLAGS = Map.of(
            "id_ignore_missing", Set.of("ids", "per_user_data", "data_file_url"),
            "email_ignore_missing", Set.of("emails", "per_user_data", "data_file_url"),
            "email_add_duplicates", Set.of("emails", "per_user_data", "data_file_url"));
    /** A client that keeps the interval exactly must not be refused because its first request took longer to arrive. */
    private static final Duration JITTER = Duration.ofMillis(250);

    private final Duration interval;
    private final Workspace workspace;
    private final Stats stats;
    private long nextAllowed = System.nanoTime();

    Broadcasts(Duration interval, Workspace workspace, Stats stats) {
        this.interval = interval;
        this.workspace = workspace;
        this.stats = stats;
    }

    Answer trigger(Call call, long broadcast) {
        if (!withinRate()) {
            return Answer.empty(429, "one broadcast in " + interval.toSeconds() + " s");
        }
        if (call.tooLarge()) {
            return Answer.detail(413, "request body exceeds " + Call.MAX_BODY + " bytes");
        }
        if (!call.hasJsonType()) {
            return Answer.detail(422, "Content-Type must be application/json");
        }
        ObjectNode request;
        try {
            request = AppApi.object(call);
        } catch (IOException e) {
            return Answer.detail(400, "bad request: the body is not a valid JSON object");
        }
        String problem = check(request);
        if (problem != null) {
            return Answer.detail(422, problem);
        }
        Trigger trigger = workspace.trigger(broadcast, request);
        if (!trigger.errors().isEmpty()) {
            String detail = "Errors were found while processing per user data (ids, emails or json data)."
                    + " More detail available from the errors endpoint for trigger " + trigger.id();
            return Answer.refused(
                    422,
                    Map.of(
                            "errors",
                            List.of(Json.object(
                                    "detail",
                                    detail,
                                    "source",
                                    Map.of("pointer", "/data/attributes/per_user_data"),
                                    "status",
                                    "422"))),
                    List.copyOf(trigger.errors()
                            .subList(0, Math.min(3, trigger.errors().size()))));
        }
        stats.operation("broadcast trigger", request);
        return Answer.json(200, Map.of("id", trigger.id()));
    }

    private synchronized boolean withinRate() {
        long now = System.nanoTime();
        if (now - nextAllowed < 0) {
            return false;
        }
        nextAllowed = now + Math.max(0, interval.minus(JITTER).toNanos());
        return true;
    }

    /** Forgets when the last broadcast was. */
    synchronized void reset() {
        nextAllowed = System.nanoTime();
    }

    /** What is wrong with the request, or null. */
    private static String check(ObjectNode request) {
        List<String> given = AUDIENCES.stream().filter(request::has).toList();
        if (given.size() > 1) {
            return "at most one audience is allowed, but the request has " + String.join(", ", given);
        }
        String audience = given.isEmpty() ? "" : given.get(0);
        for (Map.Entry<String, Set<String>> flag : FLAGS.entrySet()) {
            JsonNode value = request.path(flag.getKey());
            if (value.isMissingNode()) {
                continue;
            }
            if (!value.isBoolean()) {
                return flag.getKey() + " must be true or false";
            }
            if (!flag.getValue().contains(audience)) {
                return flag.getKey() + " does not fit the audience";
            }
        }
        JsonNode data = request.path("data");
        if (!Json.isAbsent(data) && !data.isObject()) {
            return "data must be an object";
        }
        if (!Json.isAbsent(data) && Json.size(data) > MAX_DATA) {
            return "data cannot be larger than " + MAX_DATA + " bytes";
        }
        JsonNode value = request.path(audience);
        return switch (audience) {
            case "" -> null;
            case "recipients" -> filter(value, "recipients");
            case "data_file_url" -> url(value);
            default -> users(audience, value);
        };
    }

    private static String users(String audience, JsonNode users) {
        if (!users.isArray() || users.isEmpty() || users.size() > MAX_USERS) {
            return audience + " must be an array of 1 to " + MAX_USERS + " members";
        }
        for (int i = 0; i < users.size(); i++) {
            JsonNode user = users.get(i);
            boolean fits = "per_user_data".equals(audience)
                    ? isUserWithData(user)
                    : Json.isText(user) || ("ids".equals(audience) && user.isIntegralNumber());
            if (!fits) {
                return audience + "[" + i + "] "
                        + ("per_user_data".equals(audience)
                                ? "must be an object with either id or email, and data"
                                : "must be a string that is not blank");
            }
        }
        return null;
    }

    private static boolean isUserWithData(JsonNode user) {
        List<Problem> problems = new ArrayList<>();
        Identifier.ofBody(user, "user", List.of(Identifier.Kind.ID, Identifier.Kind.EMAIL), problems);
        JsonNode data = user.path("data");
        return problems.isEmpty() && (Json.isAbsent(data) || data.isObject());
    }

    private static String url(JsonNode value) {
        try {
            URI uri = URI.create(value.asText());
            if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) {
                return null;
            }
        } catch (IllegalArgumentException e) {
            // Refused below.
        }
        return "data_file_url must be an http or https URL";
    }

    private static String filter(JsonNode filter, String field) {
        if (!filter.isObject()) {
            return field + " must be an object";
        }
        if (filter.isEmpty()) {
            return "empty recipients filter is not valid";
        }
        if (filter.size() != 1) {
            return field + " must have exactly one of and, or, not, segment, attribute";
        }
        Map.Entry<String, JsonNode> condition = filter.properties().iterator().next();
        String name = field + "." + condition.getKey();
        JsonNode operand = condition.getValue();
        switch (condition.getKey()) {
            case "and", "or":
                if (!operand.isArray() || operand.isEmpty()) {
                    return name + " must be an array of conditions";
                }
                for (JsonNode part : operand) {
                    String problem = filter(part, name);
                    if (problem != null) {
                        return problem;
                    }
                }
                return null;
            case "not":
                return filter(operand, name);
            case "segment":
                return operand.path("id").isIntegralNumber() ? null : name + ".id must be a number";
            case "attribute":
                String operator = operand.path("operator").asText();
                if (!Json.isText(operand.path("field"))) {
                    return name + ".field is required";
                }
                if (!Set.of("eq", "exists").contains(operator)) {
                    return name + ".operator must be eq or exists";
                }
                return "eq".equals(operator) && Json.isAbsent(operand.path("value"))
                        ? name + ".value is required"
                        : null;
            default:
                return name + " is not one of and, or, not, segment, attribute";
        }
    }
}
