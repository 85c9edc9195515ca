package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cioroutes.sandbox.Identifier.Kind;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The App API: {@code /v1/…}. Sends, broadcasts, and the reads that verify them. */
final class AppApi {
    private final Workspace workspace;
    private final Sends sends;
    private final Broadcasts broadcasts;

    AppApi(SandboxOptions options, Workspace workspace, Stats stats) {
        this.workspace = workspace;
        this.sends = new Sends(workspace, stats);
        this.broadcasts = new Broadcasts(options.broadcastInterval(), workspace, stats);
    }

    void reset() {
        broadcasts.reset();
    }

    /** Answers a request below {@code /v1}, or returns null where there is no such endpoint. */
    Answer handle(Call call) {
        List<String> path = call.segments();
        int size = path.size();
        String first = call.segment(1);
        boolean get = "GET".equals(call.method());
        boolean post = "POST".equals(call.method());
        if (post && size == 3 && "send".equals(first) && Sends.CHANNELS.contains(path.get(2))) {
            call.endpoint("/v1/send/" + path.get(2));
            return sends.handle(call, path.get(2));
        }
        if ("campaigns".equals(first) && size >= 4 && "triggers".equals(path.get(3)) && isNumber(path.get(2))) {
            long broadcast = Long.parseLong(path.get(2));
            if (post && size == 4) {
                call.endpoint("/v1/campaigns/{broadcast}/triggers");
                return broadcasts.trigger(call, broadcast);
            }
            boolean errors = size == 6 && "errors".equals(path.get(5));
            if (get && (size == 5 || errors) && isNumber(path.get(4))) {
                call.endpoint("/v1/campaigns/{broadcast}/triggers/{trigger}" + (errors ? "/errors" : ""));
                return trigger(call, broadcast, Long.parseLong(path.get(4)), errors);
            }
        }
        if (!get) {
            return null;
        }
        if ("customers".equals(first) && size == 2) {
            call.endpoint("/v1/customers");
            return customers(call);
        }
        if ("customers".equals(first) && size == 4 && "attributes".equals(path.get(3))) {
            call.endpoint("/v1/customers/{customer}/attributes");
            return attributes(call);
        }
        if ("customers".equals(first) && size == 4 && "messages".equals(path.get(3))) {
            call.endpoint("/v1/customers/{customer}/messages");
            Profile person = person(call);
            return person == null ? notFound() : messages(call, person.cioId());
        }
        if ("messages".equals(first) && size == 2) {
            call.endpoint("/v1/messages");
            return messages(call, null);
        }
        if ("messages".equals(first) && size == 3) {
            call.endpoint("/v1/messages/{message}");
            Message message = workspace.message(path.get(2));
            return message == null ? notFound() : Answer.json(200, Map.of("message", message(message)));
        }
        if ("broadcasts".equals(first) && size == 4 && "triggers".equals(path.get(3)) && isNumber(path.get(2))) {
            call.endpoint("/v1/broadcasts/{broadcast}/triggers");
            long broadcast = Long.parseLong(path.get(2));
            return Answer.json(
                    200,
                    Json.object(
                            "triggers",
                            workspace.triggers(broadcast).stream()
                                    .map(AppApi::trigger)
                                    .toList()));
        }
        return null;
    }

    static Answer notFound() {
        return Answer.detail(404, "not found");
    }

    private static boolean isNumber(String text) {
        return text.matches("\\d{1,18}");
    }

    private Answer customers(Call call) {
        String email = call.query("email").orElse("");
        if (email.isBlank()) {
            return Answer.detail(400, "the query must have an email");
        }
        Profile person = workspace.find(new Identifier(Kind.EMAIL, email));
        return Answer.json(
                200,
                Map.of("results", person == null || person.suppressed() ? List.of() : List.of(identifiers(person))));
    }

    private static Map<String, String> identifiers(Profile person) {
        Map<String, String> identifiers = new LinkedHashMap<>();
        identifiers.put("email", person.email());
        identifiers.put("id", person.id());
        identifiers.put("cio_id", person.cioId());
        return identifiers;
    }

    /** The person that path and {@code id_type} name; null where there is none. */
    private Profile person(Call call) {
        String value = call.segment(2);
        String idType = call.query("id_type").orElse("");
        Identifier who = value.startsWith("cio_")
                ? Identifier.ofPath(value)
                : switch (idType) {
                    case "", "id" -> new Identifier(Kind.ID, value);
                    case "email", "phone", "cio_id" ->
                        new Identifier(Kind.valueOf(idType.toUpperCase(Locale.ROOT)), value);
                    default -> null;
                };
        Profile person = who == null ? null : workspace.find(who);
        return person == null || person.suppressed() ? null : person;
    }

    private Answer attributes(Call call) {
        Profile person = person(call);
        if (person == null) {
            return notFound();
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        // The API gives every value back as a string.
        person.attributes()
                .forEach(
                        (name, value) -> attributes.put(name, value.isValueNode() ? value.asText() : value.toString()));
        Map<String, Object> customer = new LinkedHashMap<>();
        customer.put("id", person.id() == null ? "" : person.id());
        customer.put("identifiers", identifiers(person));
        customer.put("attributes", attributes);
        customer.put("timestamps", person.timestamps());
        customer.put("unsubscribed", person.unsubscribed());
        customer.put(
                "devices",
                person.devices().stream()
                        .map(device -> {
                            Map<String, Object> shown = new LinkedHashMap<>();
                            shown.put("id", device.token());
                            shown.put("platform", device.platform());
                            shown.put("last_used", device.lastUsed());
                            shown.put("attributes", device.attributes());
                            return shown;
                        })
                        .toList());
        return Answer.json(200, Map.of("customer", customer));
    }

    private Answer messages(Call call, String cioId) {
        String metric = call.query("metric").orElse("");
        String type = call.query("type").orElse("");
        String template = call.query("transactional_id").orElse("");
        int limit = (int) Math.max(1, Math.min(1000, call.number("limit", 50)));
        long before = call.number("start", Long.MAX_VALUE);
        List<Message> found = workspace.messages(before, 0, Integer.MAX_VALUE, cioId).stream()
                .filter(message -> message.deliveryId() != null)
                .filter(message -> metric.isEmpty() || message.metrics().containsKey(metric))
                .filter(message -> type.isEmpty() || message.channel().equals(type))
                .filter(message -> template.isEmpty() || template.equals(message.transactionalMessageId()))
                .limit(limit + 1L)
                .toList();
        boolean more = found.size() > limit;
        List<Message> page = more ? found.subList(0, limit) : found;
        return Answer.json(
                200,
                Json.object(
                        "messages",
                        page.stream().map(this::message).toList(),
                        "next",
                        more ? Long.toString(page.get(limit - 1).number()) : ""));
    }

    private Map<String, Object> message(Message message) {
        Profile person = message.cioIds().isEmpty()
                ? null
                : workspace.find(new Identifier(Kind.CIO_ID, message.cioIds().get(0)));
        Map<String, Object> shown = new LinkedHashMap<>();
        long created = message.metrics().get("created");
        shown.put("id", message.deliveryId());
        shown.put("deduplicate_id", message.deliveryId() + ":" + created);
        shown.put("message_template_id", message.number());
        shown.put("transactional_message_id", message.transactionalMessageId());
        shown.put("customer_id", person == null ? null : person.id());
        shown.put("customer_identifiers", person == null ? null : identifiers(person));
        shown.put("recipient", message.recipient());
        shown.put("subject", message.subject());
        shown.put("metrics", message.metrics());
        shown.put("created", created);
        shown.put("failure_message", message.undeliverable());
        for (String parent : List.of(
                "campaign_id",
                "newsletter_id",
                "broadcast_id",
                "content_id",
                "action_id",
                "parent_action_id",
                "trigger_event_id")) {
            shown.put(parent, null);
        }
        shown.put("forgotten", false);
        shown.put("type", message.channel());
        return shown;
    }

    private Answer trigger(Call call, long broadcast, long id, boolean errors) {
        Trigger trigger = workspace.trigger(broadcast, id);
        if (trigger == null) {
            return notFound();
        }
        if (!errors) {
            return Answer.json(200, trigger(trigger));
        }
        int start = (int) Math.min(call.number("start", 0), trigger.errors().size());
        int end = (int)
                Math.min(start + call.number("limit", 50), trigger.errors().size());
        return Answer.json(
                200,
                Json.object(
                        "errors",
                        trigger.errors().subList(start, end),
                        "next",
                        end < trigger.errors().size() ? end : 0));
    }

    private static Map<String, Object> trigger(Trigger trigger) {
        return Json.object(
                "id", trigger.id(),
                "broadcast_id", trigger.broadcastId(),
                "created_at", trigger.createdAt(),
                "processed_at", trigger.processedAt());
    }

    /** The body of a POST as an object; the answer's envelope is the caller's. */
    static ObjectNode object(Call call) throws IOException {
        JsonNode body = call.json();
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw new IOException("not a JSON object");
    }

    static long now() {
        return Instant.now().getEpochSecond();
    }
}
