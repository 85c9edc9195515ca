package io.cioroutes.cli.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/**
 * A day of a small online shop, as commands: always the same for the same number of messages. About two in a hundred are
 * wrong on purpose, each in a way that happens.
 */
final class Shop {

    /**
     * One message of the day.
     *
     * @param command the routing key
     * @param body the body as it is published
     * @param id the AMQP message id
     * @param numbered whether it carries its number as {@code seq} to the API
     * @param wrong what is wrong with it, or null
     */
    record Message(String command, byte[] body, String id, boolean numbered, String wrong) {}

    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> NAMES =
            List.of("Ada", "Grace", "Zofia", "Jürgen", "Noémie", "Kenji", "Lale", "Óscar", "Ingrid", "Tomás");
    private static final List<String> PLANS = List.of("free", "starter", "premium");
    private static final List<String> PRODUCTS = List.of("socks", "mug", "notebook", "lamp", "backpack", "teapot");
    private static final List<String> PAGES = List.of("/", "/sale", "/socks", "/checkout", "/account");
    private static final int PEOPLE = 400;

    private final Random random = new Random(42);
    private final String run;

    /** @param run names the run: the start of every message id, so that two runs do not pass for each other's repetition */
    Shop(String run) {
        this.run = run;
    }

    /** The message of this number, counted from 1. Ask for them in order. */
    Message message(int number) {
        String id = run + "-" + number;
        if (number % 50 == 7) {
            return wrong(number, id);
        }
        String user = "user-" + (1 + random.nextInt(PEOPLE));
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> of("identify", id, true, person(user, number));
            case 6, 7, 8, 9, 10 -> of("track", id, true, order(user, number));
            case 11, 12 -> of("track", id, true, page(user, number));
            case 13 -> of("track", id, true, anonymous(number));
            case 14, 15 -> of("transactional", id, true, receipt(user, number));
            case 16, 17 -> of("user", id, true, synced(user, number));
            case 18 -> of("entity", id, false, device(user, number));
            default -> leave(user, id, number);
        };
    }

    private static Message of(String command, String id, boolean numbered, ObjectNode body) {
        return new Message(command, bytes(body), id, numbered, null);
    }

    private static byte[] bytes(ObjectNode body) {
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private ObjectNode person(String user, int number) {
        ObjectNode body = JSON.createObjectNode().put("userId", user);
        body.putObject("attrs")
                .put("email", user + "@example.com")
                .put("first_name", pick(NAMES))
                .put("plan", pick(PLANS))
                .put("seq", number);
        return body;
    }

    private ObjectNode order(String user, int number) {
        ObjectNode body = JSON.createObjectNode().put("userId", user).put("name", "order_placed");
        body.putObject("data")
                .put("order_id", "ord-" + number)
                .put("product", pick(PRODUCTS))
                .put("total", 5 + random.nextInt(9500) / 100.0)
                .put("seq", number);
        return body;
    }

    private ObjectNode page(String user, int number) {
        ObjectNode body = JSON.createObjectNode()
                .put("userId", user)
                .put("type", random.nextInt(4) == 0 ? "screen" : "page")
                .put("name", "https://shop.example.com" + pick(PAGES));
        body.putObject("data").put("seq", number);
        return body;
    }

    private ObjectNode anonymous(int number) {
        ObjectNode body = JSON.createObjectNode()
                .put("anonymousId", "visitor-" + random.nextInt(200))
                .put("name", "product_viewed");
        body.putObject("data").put("product", pick(PRODUCTS)).put("seq", number);
        return body;
    }

    private static ObjectNode receipt(String user, int number) {
        ObjectNode body =
                JSON.createObjectNode().put("to", user + "@example.com").put("templateId", "order_receipt");
        body.putObject("identifiers").put("id", user);
        body.putObject("data").put("order_id", "ord-" + number).put("seq", number);
        return body;
    }

    private ObjectNode synced(String user, int number) {
        ObjectNode body = JSON.createObjectNode().put("type", "user.synced");
        ObjectNode person = body.putObject("user")
                .put("id", user)
                .put("email", user + "@example.com")
                .put("firstName", pick(NAMES))
                .put("plan", pick(PLANS));
        person.putObject("preferences").put("marketing", random.nextBoolean()).put("transactional", true);
        person.putObject("attrs").put("seq", number);
        return body;
    }

    private static ObjectNode device(String user, int number) {
        ObjectNode body = JSON.createObjectNode().put("type", "person").put("action", "add_device");
        body.putObject("identifiers").put("id", user);
        body.putObject("device").put("token", "token-" + number).put("platform", number % 2 == 0 ? "ios" : "android");
        return body;
    }

    /** People who leave get numbers of their own, so that nobody who is still a customer is deleted. */
    private Message leave(String user, String id, int number) {
        String command = List.of("suppress", "unsuppress", "delete").get(random.nextInt(3));
        return of(command, id, false, JSON.createObjectNode().put("userId", "former-" + number));
    }

    private Message wrong(int number, String id) {
        String user = "user-" + (1 + random.nextInt(PEOPLE));
        return switch (number / 50 % 8) {
            case 0 ->
                new Message(
                        "identify",
                        "{\"userId\": \"user-1\", ".getBytes(StandardCharsets.UTF_8),
                        id,
                        false,
                        "not JSON");
            case 1 -> bad("identify", id, JSON.createObjectNode().put("usrId", user), "an unknown field");
            case 2 -> bad("track", id, JSON.createObjectNode().put("name", "order_placed"), "no person");
            case 3 -> {
                ObjectNode body = JSON.createObjectNode().put("userId", user);
                body.putObject("attrs").put("biography", "x".repeat(1001));
                yield bad("identify", id, body, "an attribute over 1,000 bytes");
            }
            case 4 -> {
                ObjectNode body = JSON.createObjectNode().put("userId", user).put("name", "order_placed");
                yield bad("track", id, body.put("data", "none"), "a wrong type");
            }
            case 5 -> {
                ObjectNode body = JSON.createObjectNode().put("userId", user).put("name", "exported");
                body.putObject("data").put("rows", "x".repeat(100_001));
                yield bad("track", id, body, "an event over 100,000 bytes");
            }
            case 6 -> {
                // Not wrong: too large for Track v2, so it goes alone to v1.
                ObjectNode body = JSON.createObjectNode().put("userId", user).put("name", "catalogue_exported");
                body.putObject("data").put("rows", "x".repeat(70_000)).put("seq", number);
                yield of("track", id, true, body);
            }
            default -> {
                ObjectNode body = receipt(user, number);
                ((ObjectNode) body.get("data")).remove("seq");
                body.putObject("options")
                        .putObject("attachments")
                        .put("setup.exe", Base64.getEncoder().encodeToString(new byte[64]));
                yield bad("transactional", id, body, "an attachment that the API refuses");
            }
        };
    }

    private static Message bad(String command, String id, ObjectNode body, String what) {
        return new Message(command, bytes(body), id, false, what);
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
