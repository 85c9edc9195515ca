package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Triggers an API-triggered broadcast. */
final class BroadcastMapping implements Mapping {

    private static final Map<String, String> AUDIENCES = Map.of(
            "recipients", "recipients",
            "emails", "emails",
            "ids", "ids",
            "perUserData", "per_user_data",
            "dataFileUrl", "data_file_url");

    /** Sorted, so that the same command always makes the same request. */
    private static final List<Map.Entry<String, String>> FLAGS = List.of(
            Map.entry("emailAddDuplicates", "email_add_duplicates"),
            Map.entry("emailIgnoreMissing", "email_ignore_missing"),
            Map.entry("idIgnoreMissing", "id_ignore_missing"));

    @Override
    public void check(ObjectNode body, long now, Violations violations) {
        // The schema says it all.
    }

    @Override
    public List<Operation> map(Command command) throws InvalidCommandException {
        ObjectNode body = command.body();
        ObjectNode request = Json.object();
        JsonNode data = body.path("data");
        // Customer.io takes an empty object for a filter without conditions, and refuses it.
        if (!data.isEmpty()) {
            request.set("data", data);
        }
        JsonNode segment = body.get("segment");
        if (segment != null) {
            ObjectNode recipients = request.putObject("recipients");
            recipients.set(
                    "segment", segment.isObject() ? segment : Json.object().set("id", segment));
        }
        AUDIENCES.forEach((field, name) -> {
            if (body.has(field)) {
                request.set(name, body.get(field));
            }
        });
        for (Map.Entry<String, String> flag : FLAGS) {
            // False is what the API assumes; the official SDK does not send it either.
            if (body.path(flag.getKey()).booleanValue()) {
                request.put(flag.getValue(), true);
            }
        }
        byte[] json = Json.write(request);
        if (json.length > DocumentedLimits.BROADCAST_BYTES) {
            throw Violations.single(
                    "", "the broadcast has " + CommandSchema.tooLarge(json.length, DocumentedLimits.BROADCAST_BYTES));
        }
        String path = "/v1/campaigns/" + body.get("broadcastId").asText() + "/triggers";
        return List.of(new Operation(Operation.Kind.BROADCAST, "POST", path, json));
    }
}
