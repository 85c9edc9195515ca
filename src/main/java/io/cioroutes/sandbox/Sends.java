package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Transactional messages: {@code POST /v1/send/{channel}}. Fields that are not known are let through. */
final class Sends {
    static final Set<String> CHANNELS = Set.of("email", "push", "sms", "whatsapp", "in_app", "inbox_message");

    private static final int MAX_RECIPIENTS = 15;
    /** Attachments together, decoded. */
    private static final int MAX_ATTACHMENTS = 2 * 1024 * 1024;
    /** The request without its attachments. */
    private static final int MAX_PAYLOAD = 1024 * 1024;

    private static final long MAX_AHEAD = 90L * 24 * 3600;
    /** The API names no list; these are what mail providers commonly refuse because a mail client could run them. */
    private static final Set<String> FORBIDDEN_TYPES = Set.of(
            "ade", "adp", "app", "asp", "bas", "bat", "cer", "chm", "cmd", "com", "cpl", "crt", "csh", "der", "dll",
            "exe", "fxp", "gadget", "hlp", "hta", "inf", "ins", "isp", "its", "jar", "js", "jse", "ksh", "lib", "lnk",
            "mde", "msc", "msi", "msp", "mst", "ops", "pcd", "pif", "prg", "ps1", "reg", "scf", "scr", "sct", "shb",
            "shs", "sys", "vb", "vbe", "vbs", "vxd", "wsc", "wsf", "wsh");

    private static final List<String> BOOLEANS = List.of(
            "disable_message_retention",
            "send_to_unsubscribed",
            "queue_draft",
            "tracked",
            "fake_bcc",
            "disable_css_preprocessing",
            "auto_create");

    private final Workspace workspace;
    private final Stats stats;

    Sends(Workspace workspace, Stats stats) {
        this.workspace = workspace;
        this.stats = stats;
    }

    Answer handle(Call call, String channel) {
        if (!call.hasJsonType()) {
            return Answer.metaError(400, "Content-Type must be application/json");
        }
        ObjectNode request;
        try {
            request = AppApi.object(call);
        } catch (IOException e) {
            return Answer.metaError(400, "request body is not a valid JSON object");
        }
        JsonNode attachments = request.path("attachments");
        if (!Json.isAbsent(attachments)) {
            checkAttachments(attachments);
        }
        ObjectNode kept = withoutAttachments(request);
        if (Json.size(kept) > MAX_PAYLOAD) {
            return Answer.metaError(413, "Request without attachments exceeds " + MAX_PAYLOAD + " bytes");
        }
        List<Problem> problems = new ArrayList<>();
        Identifier who = Identifier.ofBody(request.path("identifiers"), "identifiers", PersonKinds.SEND, problems);
        checkCommon(request, problems);
        checkChannel(channel, request, problems);
        if (!problems.isEmpty()) {
            List<String> texts = problems.stream().map(Problem::text).toList();
            return Answer.refused(400, Map.of("meta", Map.of("error", String.join("; ", texts))), texts);
        }
        long now = AppApi.now();
        Long sendAt = request.path("send_at").asLong() > now
                ? Long.valueOf(request.get("send_at").longValue())
                : null;
        Message message = workspace.send(channel, who, kept, sendAt);
        stats.operation("send " + channel, kept);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("delivery_id", message.deliveryId());
        answer.put("queued_at", now);
        if (sendAt != null) {
            answer.put("send_at", sendAt);
        }
        return Answer.json(200, answer);
    }

    private static void checkAttachments(JsonNode attachments) {
        if (!attachments.isObject()) {
            throw new Refused(Answer.metaError(400, "attachments must be an object of file name to base64 content"));
        }
        long total = 0;
        for (Map.Entry<String, JsonNode> file : attachments.properties()) {
            String name = file.getKey();
            int dot = name.lastIndexOf('.');
            String type = name.substring(dot + 1).toLowerCase(Locale.ROOT);
            if (dot < 1 || type.isBlank()) {
                throw new Refused(Answer.metaError(400, "Attachment name must have an extension: \"" + name + "\""));
            }
            if (FORBIDDEN_TYPES.contains(type)) {
                throw new Refused(
                        Answer.metaError(403, "Forbidden file type " + type + " for attachment " + name + "."));
            }
            total += decodedLength(name, file.getValue());
        }
        if (total > MAX_ATTACHMENTS) {
            throw new Refused(Answer.metaError(413, "Total attachment size exceeds the limit"));
        }
    }

    private static long decodedLength(String name, JsonNode content) {
        try {
            if (content.isTextual()) {
                return Base64.getDecoder().decode(content.textValue()).length;
            }
        } catch (IllegalArgumentException e) {
            // Refused below, as anything else that is not base64.
        }
        throw new Refused(Answer.metaError(400, "Attachment must be base64 encoded: \"" + name + "\""));
    }

    private static ObjectNode withoutAttachments(ObjectNode request) {
        if (!request.hasNonNull("attachments")) {
            return request;
        }
        ObjectNode kept = request.deepCopy();
        ObjectNode sizes = kept.putObject("attachments");
        request.get("attachments")
                .properties()
                .forEach(file -> sizes.put(
                        file.getKey(), "base64, " + file.getValue().asText().length() + " characters"));
        return kept;
    }

    private static void checkCommon(ObjectNode request, List<Problem> problems) {
        JsonNode template = request.path("transactional_message_id");
        if (!Json.isAbsent(template) && !Json.isText(template) && !template.isIntegralNumber()) {
            problems.add(Problem.invalid(
                    "transactional_message_id", "transactional_message_id must be a number or a trigger name"));
        }
        JsonNode data = request.path("message_data");
        if (!Json.isAbsent(data)) {
            Rules.isObject(data, "message_data", problems);
        }
        JsonNode sendAt = request.path("send_at");
        Rules.timestamp(sendAt, "send_at", problems);
        if (sendAt.isIntegralNumber() && sendAt.longValue() > AppApi.now() + MAX_AHEAD) {
            problems.add(Problem.invalid("send_at", "send_at cannot be more than 90 days ahead"));
        }
        for (String field : BOOLEANS) {
            if (request.hasNonNull(field) && !request.get(field).isBoolean()) {
                problems.add(Problem.invalid(field, field + " must be true or false"));
            }
        }
        for (String field : List.of("to", "cc", "bcc", "from", "reply_to", "subject", "body", "language", "title")) {
            if (request.hasNonNull(field) && !request.get(field).isTextual()) {
                problems.add(Problem.invalid(field, field + " must be a string"));
            }
        }
        if (request.path("auto_create").asBoolean()
                && request.path("identifiers").path("id").isNumber()) {
            problems.add(Problem.invalid("identifiers.id", "identifiers.id must be a string for auto_create"));
        }
    }

    private static void checkChannel(String channel, ObjectNode request, List<Problem> problems) {
        if ("email".equals(channel)) {
            checkEmail(request, problems);
            return;
        }
        if (Json.isAbsent(request.path("transactional_message_id"))) {
            problems.add(Problem.required("transactional_message_id"));
        }
        JsonNode to = request.path("to");
        if ("sms".equals(channel) && !Json.isText(to)) {
            problems.add(Problem.required("to"));
        }
        boolean phone = "sms".equals(channel) || "whatsapp".equals(channel);
        if (phone && Json.isText(to) && !Identifier.isPhone(to.textValue()) && !isLiquid(to.textValue())) {
            problems.add(Problem.invalid("to", "to must be an E.164 phone number"));
        }
        if ("push".equals(channel) && request.hasNonNull("custom_device")) {
            Rules.device(request.get("custom_device"), "token", problems);
        }
    }

    private static void checkEmail(ObjectNode request, List<Problem> problems) {
        if (!Json.isText(request.path("to"))) {
            problems.add(Problem.required("to"));
        }
        if (Json.isAbsent(request.path("transactional_message_id"))) {
            for (String field : List.of("body", "subject", "from")) {
                if (!Json.isText(request.path(field))) {
                    problems.add(
                            new Problem("required", field, field + " is required without transactional_message_id"));
                }
            }
        }
        int recipients = 0;
        for (String field : List.of("to", "cc", "bcc")) {
            for (String address : addresses(request.path(field).asText(""))) {
                recipients++;
                if (!address.contains("@") && !isLiquid(address)) {
                    problems.add(Problem.invalid(field, field + " has something that is not an e-mail address"));
                }
            }
        }
        if (recipients > MAX_RECIPIENTS) {
            problems.add(Problem.invalid(
                    "to", "to, cc and bcc cannot have more than " + MAX_RECIPIENTS + " recipients together"));
        }
        checkHeaders(request.path("headers"), problems);
    }

    /** Splits a list of addresses at its commas, save those inside quotes. */
    private static List<String> addresses(String list) {
        List<String> addresses = new ArrayList<>();
        for (String address : list.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")) {
            if (!address.isBlank()) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    /** The reference says a JSON string of name and value pairs, its example and every SDK an object: both are taken. */
    private static void checkHeaders(JsonNode headers, List<Problem> problems) {
        if (Json.isAbsent(headers)) {
            return;
        }
        Map<String, String> named = new LinkedHashMap<>();
        try {
            JsonNode read = headers.isTextual() ? Json.MAPPER.readTree(headers.textValue()) : headers;
            if (read.isObject()) {
                read.properties()
                        .forEach(header ->
                                named.put(header.getKey(), header.getValue().asText()));
            } else if (read.isArray() && headers.isTextual()) {
                read.forEach(header -> named.put(
                        header.path("name").asText(), header.path("value").asText()));
            } else {
                problems.add(Problem.invalid("headers", "headers must be an object of names and values"));
            }
        } catch (IOException e) {
            problems.add(Problem.invalid("headers", "headers must be an object of names and values"));
        }
        named.forEach((name, value) -> {
            if (name.isBlank() || name.contains(" ") || !isAscii(name) || !isAscii(value)) {
                problems.add(Problem.invalid("headers", "headers must be ASCII, and their names without spaces"));
            }
        });
    }

    private static boolean isAscii(String text) {
        return StandardCharsets.US_ASCII.newEncoder().canEncode(text);
    }

    private static boolean isLiquid(String text) {
        return text.contains("{{");
    }
}
