package io.cioroutes.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.Ulid;
import io.cioroutes.cli.demo.Sample.Fate;
import io.cioroutes.command.CommandType;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Makes up what an online shop publishes in the last 24 hours: always the same people, products and order, with new
 * message ids and present times. Two in a hundred messages are wrong on purpose.
 */
final class ShopDay {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long SEED = 20_260_314;

    private static final int PEOPLE = 600;
    /** People who leave are nobody's customers otherwise: commands of different queues have no order. */
    private static final int LEAVING_FROM = 9_000;

    /** One in so many messages is wrong. */
    private static final int WRONG_SHARE = 50;

    private static final int BROADCAST = 12;
    private static final int LEAST_FOR_BROADCAST = 100;

    private static final int SECONDS_OF_DAY =
            (int) ChronoUnit.DAYS.getDuration().toSeconds();
    /** Customer.io takes 100,000 bytes of event data; over 32,000 an event goes to v1 of the Track API. */
    private static final int LARGE_EVENT = 70_000;

    private static final int TOO_LARGE_EVENT = 104_000;
    private static final int TOO_LARGE_ATTRIBUTE = 1_200;

    private static final List<String> FIRST_NAMES = List.of(
            "Ada", "Bjørn", "Chloé", "Dmitri", "Elif", "Fatima", "Grace", "Hiro", "Inés", "Jürgen", "Kofi", "Léa",
            "Mateo", "Nia", "Oğuz", "Priya", "Quentin", "Rosa", "Søren", "Tomás", "Uma", "Võ", "Wanjiru", "Zoë");
    private static final List<String> LAST_NAMES = List.of(
            "Adeyemi",
            "Bauer",
            "Çelik",
            "Dubois",
            "Eriksson",
            "Fernández",
            "García",
            "Hansen",
            "Ivanova",
            "Jones",
            "Kowalski",
            "Li",
            "Müller",
            "Nguyễn",
            "O'Brien",
            "Patel",
            "Rossi",
            "Santos",
            "Tanaka",
            "Weiß");
    private static final List<String> PLANS = List.of("free", "free", "free", "plus", "plus", "family");
    private static final List<String> CITIES =
            List.of("Berlin", "Lisboa", "Łódź", "Nairobi", "Oslo", "Portland", "São Paulo", "Tokyo", "Zürich");
    private static final List<String> PRODUCTS = List.of(
            "Trail shoe",
            "Rain jacket",
            "Wool socks",
            "Head torch",
            "Tent for two",
            "Sleeping bag",
            "Camp stove",
            "Water filter",
            "Climbing rope",
            "Merino shirt",
            "Trekking poles",
            "Dry bag");
    private static final List<String> SCREENS = List.of("Home", "Search", "Product", "Basket", "Orders", "Account");
    private static final List<String> TEMPLATES =
            List.of("order-confirmation", "order-shipped", "password-reset", "back-in-stock");

    /** What the shop does, and how often in 1000 messages. */
    private record Habit(int share, Supplier<Sample> act) {}

    private final List<Habit> habits = List.of(
            new Habit(220, this::page),
            new Habit(200, this::productViewed),
            new Habit(60, this::orderPlaced),
            new Habit(60, this::screen),
            new Habit(80, this::anonymous),
            new Habit(180, this::identify),
            new Habit(70, this::email),
            new Habit(60, this::userSynced),
            new Habit(20, this::deviceAdded),
            new Habit(15, this::storeJoined),
            new Habit(10, this::userDeleted),
            new Habit(8, () -> leaving(CommandType.SUPPRESS)),
            new Habit(7, () -> leaving(CommandType.UNSUPPRESS)),
            new Habit(10, () -> leaving(CommandType.DELETE)));

    private final List<Supplier<Sample>> mistakes = List.of(
            this::notJson,
            this::unknownField,
            this::missingPerson,
            this::attributeTooLong,
            this::wrongType,
            this::eventTooLarge,
            this::forbiddenAttachment);

    private final Random random = new Random(SEED);
    private final Instant end = Instant.now();
    private final int count;
    private final int firstNumber;
    private int number;
    private int left;
    private long second;

    /**
     * @param count how many messages
     * @param firstNumber {@code seq} of the first message that carries one
     */
    ShopDay(int count, int firstNumber) {
        this.count = count;
        this.firstNumber = firstNumber;
    }

    /** The day's messages in their order. */
    List<Sample> messages() {
        List<Supplier<Sample>> acts = new ArrayList<>();
        int wrong = (count + WRONG_SHARE - 1) / WRONG_SHARE;
        for (int i = 0; i < wrong; i++) {
            acts.add(mistakes.get(i % mistakes.size()));
        }
        if (count > 1) {
            acts.add(this::largeEvent);
        }
        int all = habits.stream().mapToInt(Habit::share).sum();
        int broadcasts = count >= LEAST_FOR_BROADCAST ? 1 : 0;
        while (acts.size() < count - broadcasts) {
            int pick = random.nextInt(all);
            int i = 0;
            while (pick >= habits.get(i).share) {
                pick -= habits.get(i++).share;
            }
            acts.add(habits.get(i).act);
        }
        Collections.shuffle(acts, random);
        if (broadcasts > 0) {
            // At the end, when there is somebody to write to; one, as Customer.io takes no more in 10 s.
            acts.add(this::broadcast);
        }
        List<Sample> messages = new ArrayList<>(count);
        for (Supplier<Sample> act : acts) {
            second = end.getEpochSecond() - SECONDS_OF_DAY + (long) SECONDS_OF_DAY * messages.size() / count;
            messages.add(act.get());
        }
        return messages;
    }

    /** How many of the messages carry a {@code seq}. */
    int numbered() {
        return number;
    }

    // ---- what goes right

    private Sample page() {
        ObjectNode body = of(person()).put("type", "page").put("name", "https://shop.example/" + slug(product()));
        body.putObject("data").put("referrer", "https://search.example/").put("seq", next());
        return delivered(CommandType.TRACK, body);
    }

    private Sample screen() {
        ObjectNode body = of(person()).put("type", "screen").put("name", pick(SCREENS));
        body.putObject("data").put("app", "4." + random.nextInt(9)).put("seq", next());
        return delivered(CommandType.TRACK, body);
    }

    private Sample productViewed() {
        ObjectNode body = of(person()).put("name", random.nextInt(3) == 0 ? "basket_updated" : "product_viewed");
        putProduct(body.putObject("data")).put("seq", next());
        return delivered(CommandType.TRACK, body);
    }

    private Sample orderPlaced() {
        ObjectNode body = of(person()).put("name", "order_placed");
        ObjectNode data = body.putObject("data").put("order", order()).put("currency", "EUR");
        var items = data.putArray("items");
        for (int i = random.nextInt(3); i >= 0; i--) {
            putProduct(items.addObject()).put("quantity", 1 + random.nextInt(2));
        }
        data.put("seq", next());
        return delivered(CommandType.TRACK, body);
    }

    private Sample anonymous() {
        ObjectNode body = JSON.createObjectNode()
                .put("anonymousId", "visitor-" + random.nextInt(PEOPLE))
                .put("name", "product_viewed")
                .put("timestamp", second);
        putProduct(body.putObject("data")).put("seq", next());
        return delivered(CommandType.TRACK, body);
    }

    private Sample largeEvent() {
        ObjectNode body = of(person()).put("name", "wishlist_exported");
        body.putObject("data").put("seq", next()).put("wishlist", "*".repeat(LARGE_EVENT));
        return delivered(CommandType.TRACK, body);
    }

    private Sample identify() {
        int person = person();
        ObjectNode body = of(person);
        putPerson(body.putObject("attrs"), person).put("seq", next());
        return delivered(CommandType.IDENTIFY, body);
    }

    private Sample email() {
        return delivered(CommandType.TRANSACTIONAL, email(pick(TEMPLATES), next()));
    }

    private ObjectNode email(String template, int seq) {
        int person = person();
        ObjectNode body = JSON.createObjectNode().put("to", address(person)).put("templateId", template);
        body.putObject("identifiers").put("id", id(person));
        ObjectNode data = body.putObject("data").put("order", order()).put("name", firstName(person));
        if (seq >= 0) {
            data.put("seq", seq);
        }
        return body;
    }

    /** To everybody with a plan that is paid for. */
    private Sample broadcast() {
        ObjectNode body = JSON.createObjectNode().put("broadcastId", BROADCAST);
        body.putObject("data").put("headline", "New in autumn").put("seq", next());
        body.putObject("recipients")
                .putObject("attribute")
                .put("field", "plan")
                .put("operator", "eq")
                .put("value", "family");
        return delivered(CommandType.BROADCAST, body);
    }

    private Sample userSynced() {
        int person = person();
        ObjectNode body = JSON.createObjectNode().put("type", "user.synced");
        ObjectNode user = body.putObject("user")
                .put("id", id(person))
                .put("email", address(person))
                .put("firstName", firstName(person))
                .put("lastName", lastName(person))
                .put("plan", PLANS.get(person % PLANS.size()))
                .put("createdAt", "2023-0" + (1 + person % 9) + "-15T08:00:00Z");
        user.putObject("preferences").put("marketing", person % 3 != 0).put("transactional", true);
        user.putObject("attrs").put("seq", next());
        return delivered(CommandType.USER, body);
    }

    private Sample userDeleted() {
        ObjectNode body = JSON.createObjectNode().put("type", "user.deleted").put("userId", leaver());
        return delivered(CommandType.USER, body);
    }

    private Sample leaving(CommandType command) {
        return delivered(command, JSON.createObjectNode().put("userId", leaver()));
    }

    private Sample deviceAdded() {
        ObjectNode body = JSON.createObjectNode().put("type", "person").put("action", "add_device");
        body.putObject("identifiers").put("id", id(person()));
        body.putObject("device")
                .put("token", "device-" + random.nextInt(1_000_000))
                .put("platform", random.nextBoolean() ? "ios" : "android")
                .putObject("attributes")
                .put("seq", next());
        return delivered(CommandType.ENTITY, body);
    }

    private Sample storeJoined() {
        ObjectNode body = JSON.createObjectNode().put("type", "object").put("action", "identify");
        body.putObject("identifiers").put("object_type_id", "1").put("object_id", "store-" + random.nextInt(12));
        body.putObject("attributes").put("city", pick(CITIES)).put("seq", next());
        body.putArray("cio_relationships").addObject().putObject("identifiers").put("id", id(person()));
        return delivered(CommandType.ENTITY, body);
    }

    // ---- what goes wrong

    private Sample notJson() {
        return wrong(CommandType.TRACK, "{\"userId\": \"" + id(person()) + "\", \"name\": ");
    }

    private Sample unknownField() {
        int person = person();
        ObjectNode body = JSON.createObjectNode().put("user_id", id(person));
        putPerson(body.putObject("attrs"), person);
        return wrong(CommandType.IDENTIFY, body.toString());
    }

    private Sample missingPerson() {
        ObjectNode body = JSON.createObjectNode().put("name", "product_viewed");
        putProduct(body.putObject("data"));
        return wrong(CommandType.TRACK, body.toString());
    }

    private Sample attributeTooLong() {
        ObjectNode body = of(person());
        body.putObject("attrs").put("about", "x".repeat(TOO_LARGE_ATTRIBUTE));
        return wrong(CommandType.IDENTIFY, body.toString());
    }

    private Sample wrongType() {
        ObjectNode body = JSON.createObjectNode().put("type", "user.synced");
        body.putObject("user")
                .put("id", id(person()))
                .putObject("preferences")
                .put("marketing", "yes")
                .put("transactional", true);
        return wrong(CommandType.USER, body.toString());
    }

    private Sample eventTooLarge() {
        ObjectNode body = of(person()).put("name", "wishlist_exported");
        body.putObject("data").put("wishlist", "*".repeat(TOO_LARGE_EVENT));
        return wrong(CommandType.TRACK, body.toString());
    }

    /** Only the API knows which files it sends. */
    private Sample forbiddenAttachment() {
        ObjectNode body = email(pick(TEMPLATES), -1);
        body.putObject("options").putObject("attachments").put("voucher.exe", "TVo=");
        return sample(CommandType.TRANSACTIONAL, body.toString(), Fate.REJECTED, -1);
    }

    // ---- parts

    private int next() {
        return firstNumber + number++;
    }

    private Sample delivered(CommandType command, ObjectNode body) {
        int seq = body.findPath("seq").asInt(-1);
        try {
            return sample(command, JSON.writeValueAsString(body), Fate.DELIVERED, seq);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Sample wrong(CommandType command, String body) {
        return sample(command, body, Fate.INVALID, -1);
    }

    private static Sample sample(CommandType command, String body, Fate fate, int seq) {
        return new Sample(command, Ulid.fast().toString(), body.getBytes(StandardCharsets.UTF_8), fate, seq);
    }

    private int person() {
        // Few people do much, many do little.
        return (int) (PEOPLE * Math.pow(random.nextDouble(), 2));
    }

    /** Most are the shop's numbers; some came from other systems, which have ideas of their own about ids. */
    private static String id(int person) {
        return switch (person % 40) {
            case 13 -> address(person);
            case 27 -> "crm/" + firstName(person) + " " + person;
            default -> "u-" + (1000 + person);
        };
    }

    private String leaver() {
        return "u-" + (LEAVING_FROM + left++);
    }

    private ObjectNode of(int person) {
        return JSON.createObjectNode().put("userId", id(person)).put("timestamp", second);
    }

    private ObjectNode putPerson(ObjectNode attributes, int person) {
        return attributes
                .put("email", address(person))
                .put("first_name", firstName(person))
                .put("last_name", lastName(person))
                .put("plan", PLANS.get(person % PLANS.size()))
                .put("city", CITIES.get(person % CITIES.size()))
                .put("orders", random.nextInt(20));
    }

    private ObjectNode putProduct(ObjectNode data) {
        String product = product();
        return data.put("product", product)
                .put("sku", slug(product).toUpperCase(Locale.ROOT))
                .put("price", (9 + 10 * PRODUCTS.indexOf(product)) + 0.95);
    }

    private String product() {
        return pick(PRODUCTS);
    }

    private String order() {
        return "A" + (100_000 + random.nextInt(900_000));
    }

    private static String slug(String name) {
        return name.toLowerCase(Locale.ROOT).replace(' ', '-');
    }

    private static String firstName(int person) {
        return FIRST_NAMES.get(person % FIRST_NAMES.size());
    }

    private static String lastName(int person) {
        return LAST_NAMES.get(person / FIRST_NAMES.size() % LAST_NAMES.size());
    }

    private static String address(int person) {
        return "customer+" + person + "@shop.example";
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
