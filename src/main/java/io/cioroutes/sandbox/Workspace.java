package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cioroutes.sandbox.Identifier.Kind;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * People, events and messages as Customer.io would hold them, in memory and bounded. Operations arrive here already
 * validated; like the real service, they never fail: what cannot be applied is a line in the activity log.
 */
final class Workspace {
    /** Anonymous events older than this are not tied to a person any more. */
    private static final Duration ANONYMOUS_WINDOW = Duration.ofDays(30);

    private static final String TOPIC_PREFIX = "cio_subscription_preferences.topics.";

    private final SandboxOptions options;
    private final Stats stats;
    private final List<SandboxListener> listeners = new CopyOnWriteArrayList<>();
    private final SecureRandom random = new SecureRandom();

    private final Map<String, Person> people = new LinkedHashMap<>();
    private final Map<Identifier, Person> index = new HashMap<>();
    private final Map<String, ObjectNode> objects;
    private final Log<Activity> activities;
    private final Log<Message> messages;
    private final Log<Person> changes = new Log<>(256);
    private final Map<String, Long> messageNumbers;
    private final Map<Long, Trigger> triggers;
    private final Map<String, List<Long>> anonymousEvents;
    private final Map<String, Boolean> eventIds;
    private long lastPerson;
    private long lastTrigger;

    Workspace(SandboxOptions options, Stats stats) {
        this.options = options;
        this.stats = stats;
        this.activities = new Log<>(options.maxActivities());
        this.messages = new Log<>(options.maxMessages());
        this.objects = bounded(options.maxPeople());
        this.messageNumbers = bounded(options.maxMessages());
        this.triggers = bounded(options.maxMessages());
        this.anonymousEvents = bounded(options.maxActivities());
        this.eventIds = bounded(options.maxEventIds());
    }

    private static <K, V> Map<K, V> bounded(int max) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > max;
            }
        };
    }

    void addListener(SandboxListener listener) {
        listeners.add(listener);
    }

    synchronized void reset() {
        people.clear();
        index.clear();
        objects.clear();
        activities.clear();
        messages.clear();
        changes.clear();
        messageNumbers.clear();
        triggers.clear();
        anonymousEvents.clear();
        eventIds.clear();
        lastPerson = 0;
        lastTrigger = 0;
    }

    // ---- people

    synchronized void identify(Identifier who, JsonNode attributes, Long timestamp, JsonNode relationships) {
        Long given = attributes.hasNonNull("_timestamp")
                ? Long.valueOf(attributes.get("_timestamp").longValue())
                : timestamp;
        long at = given == null ? now() : given;
        Identifier email = text(attributes, "email", Kind.EMAIL);
        Identifier id = text(attributes, "id", Kind.ID);
        if (blocked(who) || blocked(email) || blocked(id)) {
            ignored(who, "identify", "suppressed");
            return;
        }
        Person person = index.get(who);
        if (person == null) {
            person = knownByBody(who, id, email);
        }
        if (person == null && who.kind() == Kind.CIO_ID) {
            ignored(who, "identify", "no person has this cio_id");
            return;
        }
        if (person == null && attributes.path("_update").asBoolean()) {
            record("failed_attribute_change", null, who.value(), "_update: nobody matches", null, at, attributes);
            return;
        }
        if (person == null) {
            person = create(who, at);
        }
        ObjectNode applied = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
            apply(person, who, attribute.getKey(), attribute.getValue(), at, applied);
        }
        relate(person, relationships, true);
        changed(person, record("identify", person.cioId, person.name(), "identify", null, at, applied));
        evict();
    }

    /** The person whom the body names, where the path's identifier is new; that person then takes the new identifier. */
    private Person knownByBody(Identifier who, Identifier id, Identifier email) {
        Person known = who.kind() == Kind.ID ? index.get(email) : index.get(id);
        boolean free = known != null && (who.kind() == Kind.ID ? known.id == null : who.kind() != Kind.CIO_ID);
        if (!free) {
            return null;
        }
        claim(known, who, now());
        return known;
    }

    private void apply(Person person, Identifier who, String name, JsonNode value, long at, ObjectNode applied) {
        Person.Attribute current = person.attributes.get(name);
        if (current != null && current.timestamp() > at) {
            return; // A newer update came first.
        }
        boolean removal =
                value.isNull() || (value.isTextual() && value.textValue().isEmpty());
        switch (name) {
            case "_update", "_timestamp", "cio_id" -> {
                return;
            }
            case "cio_relationships" -> {
                relate(
                        person,
                        value.isArray() ? value : value.path("relationships"),
                        !"delete_relationships".equals(value.path("action").asText()));
                return;
            }
            case "id", "email" -> {
                Identifier wanted = new Identifier("id".equals(name) ? Kind.ID : Kind.EMAIL, value.asText());
                String failure = removal ? removeIdentifier(person, wanted) : change(person, who, wanted, at);
                if (failure != null) {
                    failed(person, name, value, failure, at);
                    return;
                }
            }
            case "anonymous_id" -> tie(person, value.asText(), at);
            default -> {
                if (name.startsWith(TOPIC_PREFIX)) {
                    topic(person, name.substring(TOPIC_PREFIX.length()), value, at);
                } else if (current == null && person.attributes.size() >= Rules.MAX_ATTRIBUTES) {
                    failed(person, name, value, "more than " + Rules.MAX_ATTRIBUTES + " attributes", at);
                    return;
                } else {
                    person.attributes.put(name, new Person.Attribute(removal ? null : value, at));
                }
            }
        }
        applied.set(name, value);
    }

    /** Gives the person another id or e-mail address; answers why that is not possible, or null. */
    private String change(Person person, Identifier who, Identifier wanted, long at) {
        Person owner = index.get(wanted);
        if (owner == person) {
            return null;
        }
        if (owner != null) {
            return "belongs to another person";
        }
        if (wanted.kind() == Kind.EMAIL && Identifier.ofPath(wanted.value()).kind() != Kind.EMAIL) {
            return "is not an e-mail address";
        }
        if (wanted.kind() == Kind.ID && person.id != null && who.kind() != Kind.CIO_ID) {
            return "an existing id changes only by cio_id";
        }
        claim(person, wanted, at);
        return null;
    }

    private String removeIdentifier(Person person, Identifier kind) {
        if (kind.kind() == Kind.ID) {
            return "an id cannot be removed";
        }
        if (person.email != null) {
            index.remove(new Identifier(Kind.EMAIL, person.email));
            person.email = null;
        }
        person.attributes.remove("email");
        return null;
    }

    private void claim(Person person, Identifier identifier, long at) {
        switch (identifier.kind()) {
            case ID -> {
                if (person.id != null) {
                    index.remove(new Identifier(Kind.ID, person.id));
                }
                person.id = identifier.value();
            }
            case EMAIL -> {
                if (person.email != null) {
                    index.remove(new Identifier(Kind.EMAIL, person.email));
                }
                person.email = identifier.value();
            }
            case PHONE -> {
                if (person.phone != null) {
                    index.remove(new Identifier(Kind.PHONE, person.phone));
                }
                person.phone = identifier.value();
            }
            case CIO_ID -> {}
            case ANONYMOUS_ID -> person.anonymousIds.add(identifier.value());
        }
        index.put(identifier, person);
        if (identifier.kind() != Kind.CIO_ID) {
            person.attributes.put(
                    identifier.kind().field(), new Person.Attribute(TextNode.valueOf(identifier.value()), at));
        }
    }

    private void topic(Person person, String topic, JsonNode value, long at) {
        JsonNode preferences = person.value("cio_subscription_preferences");
        ObjectNode changed = preferences instanceof ObjectNode node ? node.deepCopy() : emptyObject();
        changed.withObjectProperty("topics").set(topic, value);
        person.attributes.put("cio_subscription_preferences", new Person.Attribute(changed, at));
    }

    private void tie(Person person, String anonymousId, long at) {
        Identifier anonymous = new Identifier(Kind.ANONYMOUS_ID, anonymousId);
        if (anonymousId.isBlank() || index.containsKey(anonymous)) {
            return;
        }
        claim(person, anonymous, at);
        List<Long> numbers = anonymousEvents.remove(anonymousId);
        Instant oldest = Instant.now().minus(ANONYMOUS_WINDOW);
        for (Long number : numbers == null ? List.<Long>of() : numbers) {
            Activity event = activities.get(number);
            if (event != null && event.receivedAt().isAfter(oldest)) {
                activities.replace(number, event.of(person.cioId, person.name()));
                person.events++;
            }
        }
    }

    synchronized void delete(Identifier who) {
        Person person = index.get(who);
        if (person == null || person.suppressed) {
            ignored(who, "delete", person == null ? "nobody matches" : "suppressed");
            return;
        }
        remove(person);
        Activity activity = record("delete", person.cioId, person.name(), "delete", null, now(), null);
        stats.change();
        tell(listener -> listener.onPersonChanged(person.profile(), activity));
    }

    private void remove(Person person) {
        people.remove(person.cioId);
        identifiers(person).forEach(index::remove);
    }

    synchronized void suppress(Identifier who) {
        Person person = index.get(who);
        if (person == null && who.kind() == Kind.CIO_ID) {
            ignored(who, "suppress", "no person has this cio_id");
            return;
        }
        if (person == null) {
            person = create(who, now());
        }
        person.forget();
        person.suppressed = true;
        changed(person, record("suppress", person.cioId, person.name(), "suppress", null, now(), null));
        evict();
    }

    /** Frees the identifiers; nothing of the person's history comes back. */
    synchronized void unsuppress(Identifier who) {
        Person person = index.get(who);
        if (person == null || !person.suppressed) {
            ignored(who, "unsuppress", "not suppressed");
            return;
        }
        remove(person);
        person.suppressed = false;
        Activity activity = record("unsuppress", null, person.name(), "unsuppress", null, now(), null);
        stats.change();
        tell(listener -> listener.onPersonChanged(person.profile(), activity));
    }

    synchronized void addDevice(Identifier who, Profile.Device device) {
        change(
                who,
                "add_device",
                person -> person.devices.put(device.token(), device),
                Json.MAPPER.valueToTree(device));
    }

    synchronized void deleteDevice(Identifier who, String token) {
        change(who, "delete_device", person -> person.devices.remove(token), TextNode.valueOf(token));
    }

    synchronized void relationships(Identifier who, JsonNode relationships, boolean add) {
        change(
                who,
                add ? "add_relationships" : "delete_relationships",
                person -> relate(person, relationships, add),
                relationships);
    }

    /** Applies a change to the person, who is created where needed. */
    private void change(Identifier who, String action, Consumer<Person> change, JsonNode data) {
        Person person = personFor(who, action);
        if (person != null) {
            change.accept(person);
            changed(person, record(action, person.cioId, person.name(), action, null, now(), data));
        }
    }

    private void relate(Person person, JsonNode relationships, boolean add) {
        if (relationships == null) {
            return;
        }
        for (JsonNode relationship : relationships) {
            String key = objectKey(relationship.path("identifiers"));
            if (add) {
                person.relationships.put(key, relationship.path("relationship_attributes"));
            } else {
                person.relationships.remove(key);
            }
        }
    }

    synchronized void merge(Identifier primary, Identifier secondary) {
        Person into = index.get(primary);
        Person from = index.get(secondary);
        if (into == null || from == null || into == from || into.suppressed || from.suppressed) {
            ignored(primary, "merge", "both people must exist");
            return;
        }
        // What the primary has stays; it takes over only what it lacks.
        remove(from);
        into.id = into.id == null ? from.id : into.id;
        into.email = into.email == null ? from.email : into.email;
        into.phone = into.phone == null ? from.phone : into.phone;
        into.anonymousIds.addAll(from.anonymousIds);
        identifiers(into).forEach(identifier -> index.put(identifier, into));
        from.attributes.forEach(into.attributes::putIfAbsent);
        from.devices.forEach(into.devices::putIfAbsent);
        from.relationships.forEach(into.relationships::putIfAbsent);
        into.segments.addAll(from.segments);
        into.events += from.events;
        into.messages += from.messages;
        for (Activity activity : activities.all()) {
            if (from.cioId.equals(activity.cioId())) {
                activities.replace(activity.number(), activity.of(into.cioId, into.name()));
            }
        }
        changed(into, record("merge", into.cioId, into.name(), "merged " + secondary.value(), null, now(), null));
    }

    synchronized void segment(long segment, Kind kind, Collection<String> values, boolean add) {
        for (String value : values) {
            Person person = index.get(new Identifier(kind, value));
            if (person != null && !person.suppressed) {
                boolean different = add ? person.segments.add(segment) : person.segments.remove(segment);
                if (different) {
                    String action = add ? "entered segment " : "left segment ";
                    changed(
                            person,
                            record("segment", person.cioId, person.name(), action + segment, null, now(), null));
                }
            }
        }
    }

    synchronized void unsubscribe(String deliveryId) {
        Long number = messageNumbers.get(deliveryId);
        Message message = number == null ? null : messages.get(number);
        if (message != null && !message.cioIds().isEmpty()) {
            identify(
                    new Identifier(Kind.CIO_ID, message.cioIds().get(0)),
                    emptyObject().put("unsubscribed", true),
                    null,
                    null);
        }
    }

    // ---- events

    /** Tracks an event for a person, for an anonymous id, or (an invitation) for nobody yet. */
    synchronized void event(Identifier who, String type, JsonNode event, JsonNode data) {
        String eventId = event.path("id").textValue();
        if (eventId != null && eventIds.put(eventId.toUpperCase(Locale.ROOT), Boolean.TRUE) != null) {
            stats.duplicateEvent();
            return;
        }
        long at = event.hasNonNull("timestamp") ? event.get("timestamp").longValue() : now();
        String name = event.get("name").textValue().strip();
        JsonNode kept = data.isObject() ? data : null;
        Activity activity;
        boolean anonymous = who == null || (who.kind() == Kind.ANONYMOUS_ID && !index.containsKey(who));
        if (anonymous) {
            String shown = who == null ? data.path("recipient").asText() : who.value();
            activity = record(type, null, shown, name, eventId, at, kept);
            if (who != null) {
                anonymousEvents
                        .computeIfAbsent(who.value(), key -> new ArrayList<>())
                        .add(activity.number());
            }
        } else {
            Person person = personFor(who, type + " " + name);
            if (person == null) {
                return;
            }
            person.events++;
            touch(person);
            activity = record(type, person.cioId, person.name(), name, eventId, at, kept);
        }
        stats.event();
        tell(listener -> listener.onEventAccepted(activity));
    }

    // ---- objects

    synchronized void identifyObject(JsonNode identifiers, JsonNode attributes, JsonNode relationships) {
        String key = objectKey(identifiers);
        ObjectNode object = objects.computeIfAbsent(key, k -> emptyObject());
        attributes.properties().forEach(attribute -> {
            JsonNode value = attribute.getValue();
            if (value.isNull() || (value.isTextual() && value.textValue().isEmpty())) {
                object.remove(attribute.getKey());
            } else {
                object.set(attribute.getKey(), value);
            }
        });
        record("object_identify", null, key, "object " + key, null, now(), attributes);
        relateObject(identifiers, relationships, true);
    }

    synchronized void deleteObject(JsonNode identifiers) {
        String key = objectKey(identifiers);
        objects.remove(key);
        people.values().forEach(person -> person.relationships.remove(key));
        record("object_delete", null, key, "object " + key, null, now(), null);
    }

    synchronized void relateObject(JsonNode identifiers, JsonNode relationships, boolean add) {
        String key = objectKey(identifiers);
        for (JsonNode relationship : relationships) {
            JsonNode named = relationship.path("identifiers");
            Identifier who = Identifier.ofBody(named, "identifiers", PersonKinds.RELATED, new ArrayList<>());
            if (who == null || who.kind() == Kind.ANONYMOUS_ID) {
                continue; // An anonymous relationship has nobody to show until that person is known.
            }
            change(
                    who,
                    add ? "add_relationships" : "delete_relationships",
                    person -> {
                        if (add) {
                            person.relationships.put(key, relationship.path("relationship_attributes"));
                        } else {
                            person.relationships.remove(key);
                        }
                    },
                    TextNode.valueOf(key));
        }
    }

    private static String objectKey(JsonNode identifiers) {
        return identifiers.hasNonNull("cio_object_id")
                ? "cio/" + identifiers.get("cio_object_id").asText()
                : identifiers.path("object_type_id").asText() + "/"
                        + identifiers.path("object_id").asText();
    }

    // ---- messages

    /** Takes a transactional send; an unknown person is created by it. */
    synchronized Message send(String channel, Identifier who, JsonNode request, Long sendAt) {
        Person person = index.get(who);
        if (person == null && who.kind() != Kind.CIO_ID) {
            person = create(who, now());
            changed(person, record("identify", person.cioId, person.name(), "created by a send", null, now(), null));
            evict();
        }
        boolean toUnsubscribed = request.path("send_to_unsubscribed").asBoolean(true);
        String undeliverable = person == null
                ? "no person has this cio_id"
                : person.suppressed
                        ? "the person is suppressed"
                        : !toUnsubscribed && person.unsubscribed() ? "the person is unsubscribed" : null;
        Person addressee = person;
        String template = request.path("transactional_message_id").asText("1");
        Message message = messages.append(number -> new Message(
                number,
                Instant.now(),
                channel,
                deliveryId(),
                template,
                null,
                null,
                addressee == null ? List.of() : List.of(addressee.cioId),
                addressee == null ? who.value() : addressee.name(),
                request.path("to").textValue(),
                request.path("subject").asText(request.path("title").textValue()),
                request.hasNonNull("message_data") ? request.get("message_data") : null,
                request,
                sendAt,
                undeliverable,
                Map.of("created", now())));
        messageNumbers.put(message.deliveryId(), message.number());
        if (addressee != null) {
            addressee.messages++;
            touch(addressee);
        }
        stats.message();
        tell(listener -> listener.onMessageAccepted(message));
        return message;
    }

    private String deliveryId() {
        byte[] bytes = new byte[21]; // 28 characters of base64, as the API's own ids
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Notes a metric that was reported for a delivery; one that is not known here is of no effect. */
    synchronized void metric(String deliveryId, String metric, Long timestamp) {
        Long number = messageNumbers.get(deliveryId);
        Message message = number == null ? null : messages.get(number);
        if (message != null) {
            Map<String, Long> metrics = new TreeMap<>(message.metrics());
            metrics.put(metric, timestamp == null ? now() : timestamp);
            messages.replace(number, message.with(metrics));
        }
    }

    /** Triggers a broadcast; the errors of the answer say who could not be found. */
    synchronized Trigger trigger(long broadcastId, JsonNode request) {
        List<String> errors = new ArrayList<>();
        Set<Person> audience = new LinkedHashSet<>();
        String described = audience(request, audience, errors);
        Trigger trigger = new Trigger(++lastTrigger, broadcastId, now(), now(), List.copyOf(errors));
        triggers.put(trigger.id(), trigger);
        if (errors.isEmpty()) {
            audience.forEach(person -> person.messages++);
            Message message = messages.append(number -> new Message(
                    number,
                    Instant.now(),
                    "broadcast",
                    null,
                    null,
                    broadcastId,
                    trigger.id(),
                    audience.stream().map(person -> person.cioId).toList(),
                    described,
                    null,
                    null,
                    request.hasNonNull("data") ? request.get("data") : null,
                    request,
                    null,
                    null,
                    Map.of("created", now())));
            stats.message();
            tell(listener -> listener.onMessageAccepted(message));
        }
        return trigger;
    }

    private String audience(JsonNode request, Set<Person> audience, List<String> errors) {
        boolean idsMayMiss = request.path("id_ignore_missing").asBoolean();
        boolean emailsMayMiss = request.path("email_ignore_missing").asBoolean();
        int line = 0;
        if (request.has("ids")) {
            for (JsonNode id : request.get("ids")) {
                find(new Identifier(Kind.ID, id.asText()), ++line, idsMayMiss, audience, errors);
            }
            return line + " ids";
        }
        if (request.has("emails")) {
            for (JsonNode email : request.get("emails")) {
                find(new Identifier(Kind.EMAIL, email.asText()), ++line, emailsMayMiss, audience, errors);
            }
            return line + " e-mail addresses";
        }
        if (request.has("per_user_data")) {
            for (JsonNode user : request.get("per_user_data")) {
                boolean byId = user.has("id");
                Identifier who = byId
                        ? new Identifier(Kind.ID, user.get("id").asText())
                        : new Identifier(Kind.EMAIL, user.path("email").asText());
                find(who, ++line, byId ? idsMayMiss : emailsMayMiss, audience, errors);
            }
            return line + " people with data of their own";
        }
        if (request.has("data_file_url")) {
            return "data file " + request.get("data_file_url").asText();
        }
        if (request.has("recipients")) {
            for (Person person : people.values()) {
                if (!person.suppressed && matches(person, request.get("recipients"))) {
                    audience.add(person);
                }
            }
            return "filter: " + audience.size() + " people";
        }
        return "audience set in Customer.io";
    }

    private void find(Identifier who, int line, boolean mayMiss, Set<Person> audience, List<String> errors) {
        Person person = index.get(who);
        if (person != null && !person.suppressed) {
            audience.add(person);
        } else if (!mayMiss) {
            errors.add("line %d: customer with %s %s not found"
                    .formatted(line, who.kind().field(), who.value()));
        }
    }

    private static boolean matches(Person person, JsonNode filter) {
        Map.Entry<String, JsonNode> condition = filter.properties().iterator().next();
        JsonNode operand = condition.getValue();
        return switch (condition.getKey()) {
            case "and" -> {
                boolean all = true;
                for (JsonNode part : operand) {
                    all &= matches(person, part);
                }
                yield all;
            }
            case "or" -> {
                boolean any = false;
                for (JsonNode part : operand) {
                    any |= matches(person, part);
                }
                yield any;
            }
            case "not" -> !matches(person, operand);
            case "segment" -> person.segments.contains(operand.get("id").longValue());
            default -> {
                JsonNode value = person.value(operand.get("field").asText());
                yield "exists".equals(operand.path("operator").asText())
                        ? value != null
                        : value != null
                                && value.asText().equals(operand.get("value").asText());
            }
        };
    }

    // ---- reads

    synchronized Profile find(Identifier who) {
        Person person = index.get(who);
        return person == null ? null : person.profile();
    }

    /** People who changed last come first; {@code query} is looked for in identifiers and attribute values. */
    synchronized List<Profile> people(String query, int offset, int limit) {
        String needle = query.strip().toLowerCase(Locale.ROOT);
        List<Person> newest = new ArrayList<>(people.values());
        List<Profile> found = new ArrayList<>();
        int skipped = 0;
        for (int i = newest.size() - 1; i >= 0 && found.size() < limit; i--) {
            if (needle.isEmpty() || mentions(newest.get(i), needle)) {
                if (skipped++ >= offset) {
                    found.add(newest.get(i).profile());
                }
            }
        }
        return found;
    }

    private static boolean mentions(Person person, String needle) {
        if (("cio_" + person.cioId).contains(needle)) {
            return true;
        }
        for (String identifier : new String[] {person.id, person.email, person.phone}) {
            if (identifier != null && identifier.toLowerCase(Locale.ROOT).contains(needle)) {
                return true;
            }
        }
        for (Person.Attribute attribute : person.attributes.values()) {
            JsonNode value = attribute.value();
            if (value != null
                    && value.isValueNode()
                    && value.asText().toLowerCase(Locale.ROOT).contains(needle)) {
                return true;
            }
        }
        return false;
    }

    synchronized int peopleCount() {
        return people.size();
    }

    /** People changed since the change of this number, newest change first, each once. */
    synchronized List<Profile> changedSince(long number, int limit) {
        Set<Person> found = new LinkedHashSet<>(changes.newest(Long.MAX_VALUE, number, limit, person -> true));
        return found.stream()
                .filter(person -> people.get(person.cioId) == person)
                .map(Person::profile)
                .toList();
    }

    synchronized long lastChange() {
        return changes.last();
    }

    synchronized List<Activity> activities(long before, long after, int limit, String cioId, Set<String> types) {
        return activities.newest(
                before,
                after,
                limit,
                activity -> (cioId == null || cioId.equals(activity.cioId()))
                        && (types.isEmpty() || types.contains(activity.type())));
    }

    /** The activity of this number with all its data; null where it is not kept any more. */
    synchronized Activity activity(long number) {
        return activities.get(number);
    }

    synchronized long lastActivity() {
        return activities.last();
    }

    synchronized List<Message> messages(long before, long after, int limit, String cioId) {
        return messages
                .newest(
                        before,
                        after,
                        limit,
                        message -> cioId == null || message.cioIds().contains(cioId))
                .stream()
                .map(Workspace::withProgress)
                .toList();
    }

    synchronized long lastMessage() {
        return messages.last();
    }

    synchronized Message message(String deliveryId) {
        Long number = messageNumbers.get(deliveryId);
        Message message = number == null ? null : messages.get(number);
        return message == null ? null : withProgress(message);
    }

    synchronized Message message(long number) {
        Message message = messages.get(number);
        return message == null ? null : withProgress(message);
    }

    synchronized Trigger trigger(long broadcastId, long triggerId) {
        Trigger trigger = triggers.get(triggerId);
        return trigger != null && trigger.broadcastId() == broadcastId ? trigger : null;
    }

    synchronized List<Trigger> triggers(long broadcastId) {
        return triggers.values().stream()
                .filter(trigger -> trigger.broadcastId() == broadcastId)
                .toList();
    }

    synchronized Map<String, JsonNode> objects() {
        return new TreeMap<>(objects);
    }

    /** Adds what the sandbox does by the clock: a deliverable message is sent and delivered when it is due. */
    private static Message withProgress(Message message) {
        boolean held = message.undeliverable() != null
                || message.request().path("queue_draft").asBoolean()
                || (message.sendAt() != null && message.sendAt() > now());
        if (held) {
            return message;
        }
        Map<String, Long> metrics = new LinkedHashMap<>(message.metrics());
        long due = message.sendAt() == null ? message.metrics().get("created") : message.sendAt();
        metrics.putIfAbsent("sent", due);
        if (!metrics.containsKey("bounced") && !metrics.containsKey("dropped")) {
            metrics.putIfAbsent("delivered", due);
        }
        return message.with(metrics);
    }

    // ---- helpers

    private Person personFor(Identifier who, String action) {
        Person person = index.get(who);
        if (person != null && person.suppressed) {
            ignored(who, action, "suppressed");
            return null;
        }
        if (person == null && who.kind() == Kind.CIO_ID) {
            ignored(who, action, "no person has this cio_id");
            return null;
        }
        if (person == null) {
            person = create(who, now());
            touch(person);
            evict();
        }
        return person;
    }

    private Person create(Identifier who, long at) {
        Person person = new Person("a3%06x".formatted(++lastPerson));
        people.put(person.cioId, person);
        claim(person, new Identifier(Kind.CIO_ID, person.cioId), at);
        claim(person, who, at);
        stats.person();
        return person;
    }

    private void evict() {
        Iterator<Person> oldest = people.values().iterator();
        while (people.size() > options.maxPeople()) {
            Person person = oldest.next();
            oldest.remove();
            for (Identifier identifier : identifiers(person)) {
                index.remove(identifier, person);
            }
        }
    }

    private static List<Identifier> identifiers(Person person) {
        List<Identifier> all = new ArrayList<>();
        all.add(new Identifier(Kind.CIO_ID, person.cioId));
        if (person.id != null) {
            all.add(new Identifier(Kind.ID, person.id));
        }
        if (person.email != null) {
            all.add(new Identifier(Kind.EMAIL, person.email));
        }
        if (person.phone != null) {
            all.add(new Identifier(Kind.PHONE, person.phone));
        }
        person.anonymousIds.forEach(value -> all.add(new Identifier(Kind.ANONYMOUS_ID, value)));
        return all;
    }

    private boolean blocked(Identifier identifier) {
        Person person = identifier == null ? null : index.get(identifier);
        return person != null && person.suppressed;
    }

    private static Identifier text(JsonNode attributes, String name, Kind kind) {
        String value = attributes.path(name).asText("");
        return value.isEmpty() ? null : new Identifier(kind, value);
    }

    private void changed(Person person, Activity activity) {
        touch(person);
        stats.change();
        tell(listener -> listener.onPersonChanged(person.profile(), activity));
    }

    private void touch(Person person) {
        person.changedAt = Instant.now();
        people.remove(person.cioId);
        people.put(person.cioId, person);
        changes.append(number -> person);
    }

    private void ignored(Identifier who, String action, String why) {
        Person person = index.get(who);
        record("ignored", person == null ? null : person.cioId, who.value(), action + ": " + why, null, now(), null);
    }

    private void failed(Person person, String name, JsonNode value, String why, long at) {
        record(
                "failed_attribute_change",
                person.cioId,
                person.name(),
                name + " " + why,
                null,
                at,
                emptyObject().set(name, value));
    }

    private Activity record(
            String type, String cioId, String who, String name, String eventId, long timestamp, JsonNode data) {
        return activities.append(
                number -> new Activity(number, Instant.now(), type, cioId, who, name, eventId, timestamp, data));
    }

    private void tell(Consumer<SandboxListener> what) {
        listeners.forEach(what);
    }

    private static ObjectNode emptyObject() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }
}
