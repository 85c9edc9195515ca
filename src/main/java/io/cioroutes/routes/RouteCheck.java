package io.cioroutes.routes;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.command.CommandType;
import io.cioroutes.command.SimilarName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The rules for route files, in one place: what a build checks, what the service looks at when it starts, and what it
 * asks before it takes over a file that was edited. Immutable; one instance serves all threads.
 */
public final class RouteCheck {

    /** The error handling of commands. */
    private static final String OUTCOMES = "outcomes";

    /** How the names of the service's own queues begin. */
    private static final String OWN = "cio.";

    /** Steps that make copies of a message: two of them would settle it twice, or one of them before the other. */
    private static final Set<String> COPIES = Set.of(
            "split", "multicast", "wireTap", "recipientList", "aggregate", "loop", "routingSlip", "dynamicRouter");

    private final Surroundings surroundings;

    /** @param surroundings what the routes may refer to */
    public RouteCheck(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * Checks route files that work together.
     *
     * @param sources all of them: routes refer to each other
     * @return what is wrong, in the order of files and lines; empty if nothing is
     */
    public List<RouteProblem> check(Collection<RouteSource> sources) {
        List<RouteFile> files = sources.stream().map(RouteFile::read).toList();
        List<RouteProblem> problems = new ArrayList<>();
        Set<String> ids = new TreeSet<>();
        Map<String, RouteProblem> directs = new TreeMap<>();
        List<RouteProblem> begunTwice = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (RouteFile file : files) {
            ids.add(file.definition().path("id").asText());
            String uri = file.definition().path("from").path("uri").asText();
            if (uri.startsWith("direct:")) {
                RouteProblem here = file.problem(file.definitionAt().appendProperty("from"), "");
                RouteProblem first = directs.putIfAbsent(uri.substring("direct:".length()), here);
                if (first != null) {
                    begunTwice.add(new RouteProblem(
                            here.file(),
                            here.line(),
                            uri + " begins a route already, in " + first.file() + ":" + first.line()
                                    + "; give this one another name"));
                }
            }
        }
        problems.addAll(begunTwice);
        RouteShape rules = new RouteShape();
        try (RouteReferences references = new RouteReferences(surroundings, ids, directs.keySet())) {
            for (RouteFile file : files) {
                problems.addAll(file.problems());
                if (!file.problems().isEmpty() && file.content().isMissingNode()) {
                    continue;
                }
                if (file.definition().isMissingNode()) {
                    problems.add(yieldsNothing(file));
                    continue;
                }
                List<RouteProblem> shape = rules.check(file);
                problems.addAll(shape);
                checkNames(file, problems);
                checkIdsOnce(file, file.item(), JsonPointer.compile("/0"), owners, problems);
                checkErrorHandling(file, problems);
                int known = problems.size();
                references.check(file, problems);
                if (problems.size() == known) {
                    checkSettlement(file, problems);
                }
            }
        }
        return problems.stream().distinct().sorted().toList();
    }

    private static RouteProblem yieldsNothing(RouteFile file) {
        String found = file.content().isMissingNode() || file.content().isNull()
                ? "the file is empty"
                : file.content().isArray() && file.content().size() > 1
                        ? "the file holds " + file.content().size() + " items"
                        : file.content().isArray()
                                ? "the item is no route"
                                : "the file is no list, and Camel passes over it without a word";
        return file.problem(
                JsonPointer.empty(),
                found + ": it yields no route; write one item that begins with '- route:' (one route per file)");
    }

    private static void checkNames(RouteFile file, List<RouteProblem> problems) {
        JsonNode definition = file.definition();
        String id = definition.path("id").asText();
        if (id.isBlank()) {
            problems.add(file.problem(
                    file.definitionAt(),
                    "the route has no id; add 'id: " + file.expectedId()
                            + "', by which logs, metrics and Hawtio name it"));
        } else if (!id.equals(file.expectedId())) {
            problems.add(file.problem(
                    file.definitionAt().appendProperty("id"),
                    "the id is '" + id + "', but the file's name asks for '" + file.expectedId()
                            + "'; rename one of the two"));
        }
        if (definition.path("description").asText().isBlank()) {
            problems.add(file.problem(
                    file.definitionAt(),
                    "the route has no description; add one line that says what it does, for the people who watch it"));
        }
        if (!file.path().endsWith(RouteFile.SUFFIX)) {
            problems.add(file.problem(
                    JsonPointer.empty(), "the file's name must end in " + RouteFile.SUFFIX + ", or it is not loaded"));
        }
    }

    private static void checkIdsOnce(
            RouteFile file, JsonNode node, JsonPointer at, Map<String, String> owners, List<RouteProblem> problems) {
        Walk.each(node, at, (place, name, value) -> {
            if (name.equals("id") && value.isTextual() && !place.toString().contains("/parameters/")) {
                RouteProblem here = file.problem(place, "");
                String first = owners.putIfAbsent(value.textValue(), here.file() + ":" + here.line());
                if (first != null) {
                    problems.add(file.problem(
                            place,
                            "the id '" + value.textValue() + "' is used already, in " + first + "; ids are unique over"
                                    + " all routes"));
                }
            }
        });
    }

    private static void checkErrorHandling(RouteFile file, List<RouteProblem> problems) {
        JsonNode route = file.definition();
        JsonNode from = route.path("from");
        String uri = from.path("uri").asText();
        if (!file.item().has("route") || uri.isEmpty()) {
            return;
        }
        JsonPointer fromAt = file.definitionAt().appendProperty("from");
        boolean direct = uri.startsWith("direct:");
        String shared = route.path("routeConfigurationId").asText();
        JsonNode own = route.path("errorHandler");
        boolean caught = from.at("/steps/0").has("doTry");
        if (shared.isEmpty() && !own.isObject() && !caught) {
            problems.add(file.problem(
                    fromAt,
                    direct
                            ? "the route has Camel's default error handler, which switches its caller's off; add"
                                    + " 'errorHandler: {noErrorHandler: {}}' or 'routeConfigurationId: " + OUTCOMES
                                    + "'"
                            : "the consumer has no error handling: a message that fails is neither retried nor"
                                    + " dead-lettered; add 'routeConfigurationId: " + OUTCOMES + "' to the route"));
        }
        if (own.has("noErrorHandler") && !direct) {
            problems.add(file.problem(
                    file.definitionAt().appendProperty("errorHandler"),
                    "a consumer must decide about errors: 'noErrorHandler' is for routes that others call"));
        }
        if (own.has("deadLetterChannel")
                && own.at("/deadLetterChannel/deadLetterHandleNewException").asBoolean(true)) {
            problems.add(file.problem(
                    file.definitionAt().appendProperty("errorHandler"),
                    "a dead letter that cannot be sent would count as handled and be lost; add"
                            + " 'deadLetterHandleNewException: false'"));
        }
        if (uri.startsWith("spring-rabbitmq:")
                && !from.at("/parameters/acknowledgeMode").asText().equals("MANUAL")) {
            problems.add(file.problem(
                    fromAt,
                    "the consumer acknowledges before the message is delivered; add 'acknowledgeMode: MANUAL' to its"
                            + " parameters"));
        }
    }

    /** A route that consumes messages under the error handling of commands: is each one settled, and once? */
    private void checkSettlement(RouteFile file, List<RouteProblem> problems) {
        JsonNode route = file.definition();
        JsonNode from = route.path("from");
        if (!from.path("uri").asText().startsWith("spring-rabbitmq:")
                || !route.path("routeConfigurationId").asText().equals(OUTCOMES)) {
            return;
        }
        JsonPointer at = file.definitionAt().appendProperty("from");
        if (!from.at("/parameters/asyncConsumer").asBoolean()) {
            problems.add(
                    file.problem(
                            at,
                            "the consumer waits for each message before the next; add 'asyncConsumer: true' to its parameters"));
        }
        JsonPointer steps = at.appendProperty("steps");
        String first = from.at("/steps/0/process/ref").asText();
        boolean flow = first.equals("receive");
        checkQueues(file, from, first, problems);
        if (!flow && CommandType.ofRoutingKey(first).isEmpty()) {
            problems.add(file.problem(
                    steps,
                    "the first step must take the message over, or nothing settles it; begin with"
                            + " '- process: {ref: receive}'"));
        }
        if (Walk.values(from.path("steps")).noneMatch(value -> value.startsWith(flow ? "direct:deliver" : "direct:"))) {
            problems.add(
                    file.problem(steps, "the route hands its message to nobody; end it with '- to: direct:deliver'"));
        }
        Walk.each(from.path("steps"), steps, (place, name, value) -> {
            if (COPIES.contains(name) && Walk.values(value).anyMatch(text -> text.startsWith("direct:deliver"))) {
                problems.add(file.problem(
                        place,
                        "'" + name + "' makes copies, and the first one delivered acknowledges the message for all;"
                                + " make one list of commands in the mapping, and hand it over once"));
            }
        });
    }

    /** The service declares queues for commands and for flows, and tells them by their names. */
    private void checkQueues(RouteFile file, JsonNode from, String first, List<RouteProblem> problems) {
        String queues = from.at("/parameters/queues").asText();
        if (queues.startsWith("{{")) {
            queues = surroundings.property(queues.replaceAll("[{}]|:.*", "")).orElse(queues);
        }
        for (String queue : queues.strip().split("\\s*,\\s*")) {
            if (queue.startsWith(OWN) && !queue.equals(OWN + first)) {
                problems.add(file.problem(
                        file.definitionAt().append(JsonPointer.compile("/from/parameters/queues")),
                        "the queue '" + queue + "' begins like the service's own, so a flow gets no such queue, nor its"
                                + " dead-letter queue and the way home from retries; name it '"
                                + queue.substring(OWN.length()) + "', for example"));
            }
        }
    }

    /** Goes through everything in a definition. */
    static final class Walk {
        private Walk() {}

        /** Called with the place of a member, its name and its value. */
        interface Visitor {
            void visit(JsonPointer place, String name, JsonNode value);
        }

        static void each(JsonNode node, JsonPointer at, Visitor visitor) {
            node.properties().forEach(member -> {
                JsonPointer place = at.appendProperty(member.getKey());
                visitor.visit(place, member.getKey(), member.getValue());
                each(member.getValue(), place, visitor);
            });
            if (node.isArray()) {
                for (int i = 0; i < node.size(); i++) {
                    each(node.get(i), at.appendIndex(i), visitor);
                }
            }
        }

        static Stream<String> values(JsonNode node) {
            List<String> values = new ArrayList<>();
            if (node.isTextual()) {
                values.add(node.textValue());
            }
            each(node, JsonPointer.empty(), (place, name, value) -> {
                if (value.isTextual()) {
                    values.add(value.textValue());
                }
            });
            return values.stream();
        }
    }

    /** What somebody may have meant, in brackets. */
    static String meant(String name, Collection<String> known) {
        return SimilarName.of(name, known)
                .map(similar -> " (did you mean '" + similar + "'?)")
                .orElse("");
    }
}
