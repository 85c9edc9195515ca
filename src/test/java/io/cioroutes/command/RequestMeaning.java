package io.cioroutes.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings requests to Customer.io to one form, whichever version of the API they speak, so that they can be compared:
 * the same people, names, attributes and data. What the service adds on purpose (time, ULID, last_seen_at) is left out.
 */
public final class RequestMeaning {

    private static final Pattern CUSTOMER = Pattern.compile("(\\w+) /api/v1/customers/([^/]+)(/\\w+)?");

    private RequestMeaning() {}

    /**
     * What a request means.
     *
     * @param call method and path
     * @param body the body; one operation where the request is a batch
     */
    public static ObjectNode of(String call, ObjectNode body) {
        Matcher customer = CUSTOMER.matcher(call);
        if (customer.matches()) {
            return ofCustomer(customer.group(1), customer.group(2), customer.group(3), body);
        }
        return switch (call) {
            case "POST /api/v2/batch", "POST /api/v2/entity" -> withoutAdditions(body);
            case "POST /api/v1/events" ->
                event(
                        Json.object()
                                .put("anonymous_id", body.path("anonymous_id").textValue()),
                        body);
            case "POST /api/v1/merge_customers" -> body.put("type", "person").put("action", "merge");
            case "POST /api/v1/push/events" -> pushEvent(body);
            default -> appCall(call, body);
        };
    }

    private static ObjectNode ofCustomer(String method, String segment, String rest, ObjectNode body) {
        ObjectNode meaning = Json.object().put("type", "person");
        ObjectNode identifiers = identifiers(URLDecoder.decode(segment, StandardCharsets.UTF_8));
        meaning.set("identifiers", identifiers);
        return switch (method + (rest == null ? "" : " " + rest)) {
            case "PUT" -> meaning.put("action", "identify").set("attributes", body);
            case "DELETE" -> meaning.put("action", "delete");
            case "POST /events" -> event(identifiers, body);
            case "PUT /devices" -> meaning.put("action", "add_device").set("device", device(body));
            case "POST /suppress", "POST /unsuppress" -> meaning.put("action", rest.substring(1));
            default -> throw new IllegalArgumentException(method + rest);
        };
    }

    /** The API's documented reading of a path, written anew. */
    private static ObjectNode identifiers(String value) {
        if (value.startsWith("cio_")) {
            return Json.object().put("cio_id", value.substring(4));
        }
        return Json.object().put(value.matches("\\S+@\\S+\\.\\S+") ? "email" : "id", value);
    }

    private static ObjectNode event(ObjectNode identifiers, ObjectNode body) {
        ObjectNode meaning = Json.object().put("type", "person");
        meaning.set("identifiers", identifiers);
        meaning.put("action", body.path("type").asText("event")).set("name", body.get("name"));
        if (body.has("data")) {
            meaning.set("attributes", body.get("data"));
        }
        return meaning;
    }

    private static ObjectNode device(ObjectNode body) {
        ObjectNode device = ((ObjectNode) body.get("device")).deepCopy();
        device.set("token", device.remove("id"));
        return device;
    }

    private static ObjectNode pushEvent(ObjectNode body) {
        ObjectNode meaning = Json.object().put("type", "delivery").put("action", "event");
        meaning.putObject("identifiers").set("id", body.get("delivery_id"));
        meaning.set("name", body.get("event"));
        meaning.putObject("attributes").set("device_token", body.get("device_id"));
        return meaning;
    }

    private static ObjectNode appCall(String call, ObjectNode body) {
        if (body.path("headers").isEmpty()) {
            // The SDK sends an empty object where there are none.
            body.remove("headers");
        }
        return Json.object().put("call", call).set("body", body);
    }

    private static ObjectNode withoutAdditions(ObjectNode operation) {
        operation.remove(List.of("timestamp", "id"));
        if (operation.get("attributes") instanceof ObjectNode attributes) {
            attributes.remove("last_seen_at");
        }
        return operation;
    }
}
