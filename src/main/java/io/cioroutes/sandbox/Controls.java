package io.cioroutes.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page at {@code /} and what it and tests ask for under {@code /sandbox/…}; for this machine only. */
final class Controls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controls.class);
    private static final int PAGE = 50;
    private static final int MAX_PAGE = 1000;
    private static final Map<String, String> TYPES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "sandbox.css", "text/css; charset=utf-8",
            "sandbox.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final SandboxServer server;
    private final Workspace workspace;
    private final Requests requests;
    private final SentWebhooks webhooks;
    private final Stats stats;
    private final Faults faults;
    private final Feed feed;

    Controls(
            SandboxServer server,
            Workspace workspace,
            Requests requests,
            SentWebhooks webhooks,
            Stats stats,
            Faults faults) {
        this.server = server;
        this.workspace = workspace;
        this.requests = requests;
        this.webhooks = webhooks;
        this.stats = stats;
        this.faults = faults;
        this.feed = new Feed(workspace, requests, webhooks, stats);
    }

    @Override
    public void close() {
        feed.close();
    }

    void handle(Call call) throws IOException {
        if (!isLocal(call)) {
            answer(call, Answer.json(403, Map.of("error", "the sandbox's controls are for this machine only")));
            return;
        }
        if ("GET".equals(call.method()) && "/sandbox/stream".equals(call.rawPath())) {
            feed.stream(call.exchange());
            return;
        }
        Answer answer;
        try {
            answer = route(call);
        } catch (JsonProcessingException e) {
            answer = Answer.json(400, Map.of("error", e.getOriginalMessage()));
        }
        answer(call, answer == null ? Answer.json(404, Map.of("error", "no such control")) : answer);
    }

    private static void answer(Call call, Answer answer) throws IOException {
        try (var exchange = call.exchange()) {
            SandboxServer.send(exchange, answer);
        }
    }

    /**
     * A request from this machine that no foreign web page can have made: such a page would show its own origin, or,
     * with a name that resolves to this machine, its own host.
     */
    private static boolean isLocal(Call call) {
        String host = call.header("Host");
        String name = host.replaceFirst(":\\d+$", "");
        String origin = call.header("Origin");
        return call.exchange().getRemoteAddress().getAddress().isLoopbackAddress()
                && Set.of("127.0.0.1", "localhost", "[::1]").contains(name)
                && (origin.isEmpty() || origin.equals("http://" + host));
    }

    private Answer route(Call call) throws IOException {
        String name = call.segments().size() == 1 ? "" : call.segment(1);
        String one = call.segment(2);
        return switch (call.method() + " " + name) {
            case "GET " -> asset("favicon.ico".equals(call.segment(0)) ? "icon.svg" : "index.html");
            case "GET sandbox.css", "GET sandbox.js", "GET icon.svg" -> asset(name);
            case "GET stats" -> stats(call);
            case "GET state" -> Answer.json(200, feed.snapshot());
            case "GET people" -> one.isEmpty() ? people(call) : person(one);
            case "GET activities" -> one.isEmpty() ? activities(call) : found(workspace.activity(number(one)));
            case "GET messages" -> one.isEmpty() ? messages(call) : found(workspace.message(number(one)));
            case "GET webhooks" ->
                one.isEmpty()
                        ? Answer.json(200, webhooks.newest(before(call), 0, limit(call)))
                        : found(webhooks.get(number(one)));
            case "GET results" -> Answer.json(200, webhooks.summary());
            case "GET objects" -> Answer.json(200, workspace.objects());
            case "GET refused" -> Answer.json(200, requests.refused(before(call), 0, limit(call)));
            case "GET requests" -> Answer.json(200, requests.since(call.number("since", 0), limit(call)));
            case "GET replies" -> Answer.json(200, Map.of("pending", faults.pending()));
            case "POST replies" -> {
                faults.script(list(call, ScriptedReply.class));
                yield Answer.json(200, Map.of("pending", faults.pending()));
            }
            case "DELETE replies" -> {
                faults.clearScript();
                yield Answer.json(200, Map.of("pending", 0));
            }
            case "GET fault" -> Answer.json(200, faults.standing());
            case "POST fault" -> {
                faults.fault(list(call, Fault.class));
                yield Answer.json(200, faults.standing());
            }
            case "DELETE fault" -> {
                faults.fault(List.of());
                yield Answer.json(200, List.of());
            }
            case "POST reset" -> {
                server.reset();
                LOG.info("The sandbox was reset");
                yield Answer.json(200, Map.of());
            }
            default -> null;
        };
    }

    private static Answer asset(String name) throws IOException {
        try (InputStream in = Controls.class.getResourceAsStream("/sandbox/" + name)) {
            if (in == null) {
                throw new IOException("The sandbox's page is not in the jar: /sandbox/" + name);
            }
            Map<String, String> headers = Map.of(
                    "Content-Type", TYPES.get(name),
                    "Cache-Control", "no-cache",
                    "Content-Security-Policy",
                            "default-src 'none'; script-src 'self'; style-src 'self';"
                                    + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
                                    + " frame-ancestors 'none'",
                    "X-Content-Type-Options", "nosniff",
                    "Referrer-Policy", "no-referrer");
            return new Answer(200, headers, in.readAllBytes(), List.of());
        }
    }

    /** With {@code from} and {@code to}, names the values of {@code seq} that are missing in this range. */
    private Answer stats(Call call) {
        if (call.query("to").isEmpty()) {
            return Answer.json(200, stats.snapshot());
        }
        int from = (int) Math.max(0, call.number("from", 0));
        int to = (int) Math.min(Sequence.MAX, call.number("to", 0));
        return Answer.json(
                200, Json.object("stats", stats.snapshot(), "missing", stats.missing(from, to, limit(call))));
    }

    private Answer people(Call call) {
        List<Profile> found =
                workspace.people(call.query("q").orElse(""), (int) Math.max(0, call.number("offset", 0)), limit(call));
        return Answer.json(
                200,
                Json.object(
                        "total", workspace.peopleCount(),
                        "people", found.stream().map(Feed::summary).toList()));
    }

    private Answer person(String identifier) {
        Profile person = workspace.find(Identifier.ofPath(identifier));
        if (person == null) {
            return null;
        }
        return Answer.json(
                200,
                Json.object(
                        "person", person,
                        "activities",
                                workspace.activities(Long.MAX_VALUE, 0, PAGE, person.cioId(), Set.of()).stream()
                                        .map(Feed::summary)
                                        .toList(),
                        "messages",
                                workspace.messages(Long.MAX_VALUE, 0, PAGE, person.cioId()).stream()
                                        .map(Feed::summary)
                                        .toList()));
    }

    private Answer activities(Call call) {
        Set<String> types =
                call.query("type").map(type -> Set.of(type.split(","))).orElse(Set.of());
        return Answer.json(
                200,
                workspace.activities(before(call), 0, limit(call), null, types).stream()
                        .map(Feed::summary)
                        .toList());
    }

    private Answer messages(Call call) {
        String channel = call.query("channel").orElse("");
        return Answer.json(
                200,
                workspace.messages(before(call), 0, Integer.MAX_VALUE, null).stream()
                        .filter(message ->
                                channel.isEmpty() || message.channel().equals(channel))
                        .limit(limit(call))
                        .map(Feed::summary)
                        .toList());
    }

    private static Answer found(Object value) {
        return value == null ? null : Answer.json(200, value);
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }

    private static long before(Call call) {
        return call.number("before", Long.MAX_VALUE);
    }

    private static int limit(Call call) {
        return (int) Math.max(1, Math.min(MAX_PAGE, call.number("limit", PAGE)));
    }

    /** The body as one or many of a kind. */
    private static <T> List<T> list(Call call, Class<T> type) throws IOException {
        JsonNode body = call.json();
        List<T> values = new ArrayList<>();
        for (JsonNode value : body.isArray() ? body : List.of(body)) {
            values.add(Json.MAPPER.treeToValue(value, type));
        }
        return values;
    }
}
