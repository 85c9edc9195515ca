package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Sends one message to one person. */
final class TransactionalMapping implements Mapping {

    private static final String EMAIL = "email";
    private static final String ATTACHMENTS = "attachments";
    private static final String SEND_AT = "send_at";

    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/\\r\\n]*+={0,2}[\\r\\n]*");

    @Override
    public void check(ObjectNode body, long now, Violations violations) {
        JsonNode options = body.path("options");
        checkSendAt(options.path(SEND_AT), now, violations);
        if (channelOf(body).equals(EMAIL)) {
            checkRecipients(body, options, violations);
            checkAttachments(options.path(ATTACHMENTS), violations);
            if (!body.has("identifiers")
                    && body.path("to").isTextual()
                    && firstAddress(body).isEmpty()) {
                violations.add("identifiers", "missing: to begins with no e-mail address that could name the person");
            }
        }
        Person.check(body, violations);
    }

    @Override
    public List<Operation> map(Command command) throws InvalidCommandException {
        ObjectNode body = command.body();
        ObjectNode request = Json.object();
        setIfPresent(request, "to", body.get("to"));
        setIfPresent(request, "transactional_message_id", body.get("templateId"));
        setIfPresent(request, "message_data", body.get("data"));
        request.set("identifiers", identifiers(body));
        body.path("options").properties().forEach(option -> request.set(option.getKey(), option.getValue()));

        byte[] json = Json.write(request);
        checkSize(json, request);
        return List.of(new Operation(Operation.Kind.SEND, "POST", "/v1/send/" + channelOf(body), json));
    }

    private static String channelOf(ObjectNode body) {
        return body.path("channel").asText(EMAIL);
    }

    private static ObjectNode identifiers(ObjectNode body) {
        return body.has("identifiers")
                ? Person.of(body).identifiers()
                : new Person(Person.Kind.EMAIL, firstAddress(body).orElseThrow()).identifiers();
    }

    private static Optional<String> firstAddress(ObjectNode body) {
        return Addresses.split(body.get("to").textValue()).stream().findFirst().flatMap(Addresses::addressOf);
    }

    private static void checkSendAt(JsonNode sendAt, long now, Violations violations) {
        if (sendAt.isIntegralNumber()
                && CommandTime.isPlausible(sendAt.asLong())
                && sendAt.asLong() - now > DocumentedLimits.SEND_AHEAD_SECONDS) {
            violations.add("options." + SEND_AT, "must lie at most 90 days ahead");
        }
    }

    private static void checkRecipients(ObjectNode body, JsonNode options, Violations violations) {
        int recipients = 0;
        for (JsonNode list : List.of(body.path("to"), options.path("cc"), options.path("bcc"))) {
            recipients += list.isTextual() ? Addresses.split(list.textValue()).size() : 0;
        }
        if (recipients > DocumentedLimits.RECIPIENTS) {
            violations.add(
                    "to",
                    recipients + " recipients with options.cc and options.bcc, at most " + DocumentedLimits.RECIPIENTS
                            + " are allowed");
        }
    }

    /**
     * Counts decoded bytes. Customer.io does not say whether its 2 MB are of the files or of their Base64: what is too
     * large decoded is too large either way, the rest is left to the API.
     */
    private static void checkAttachments(JsonNode attachments, Violations violations) {
        long bytes = 0;
        for (Map.Entry<String, JsonNode> attachment : attachments.properties()) {
            if (!attachment.getValue().isTextual()) {
                continue;
            }
            String content = attachment.getValue().textValue();
            long digits = content.chars().filter(c -> c != '\r' && c != '\n').count();
            if (digits % 4 != 0 || !BASE64.matcher(content).matches()) {
                violations.add("options." + ATTACHMENTS + "." + attachment.getKey(), "must be Base64");
            }
            bytes += digits * 3 / 4 - content.chars().filter(c -> c == '=').count();
        }
        if (bytes >= DocumentedLimits.ATTACHMENT_BYTES) {
            violations.add(
                    "options." + ATTACHMENTS,
                    bytes + " bytes, less than " + DocumentedLimits.ATTACHMENT_BYTES + " are allowed");
        }
    }

    private static void checkSize(byte[] request, ObjectNode json) throws InvalidCommandException {
        if (request.length <= DocumentedLimits.SEND_BYTES) {
            return;
        }
        int bytes = Json.write(json.without(ATTACHMENTS)).length;
        if (bytes > DocumentedLimits.SEND_BYTES) {
            throw Violations.single(
                    "",
                    "without its attachments the message has "
                            + CommandSchema.tooLarge(bytes, DocumentedLimits.SEND_BYTES));
        }
    }

    private static void setIfPresent(ObjectNode request, String field, JsonNode value) {
        if (value != null) {
            request.set(field, value);
        }
    }
}
