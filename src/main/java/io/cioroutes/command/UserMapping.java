package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Mirrors a user of the publisher's own system. */
final class UserMapping implements Mapping {

    /** A field of the body and the attribute that it becomes. */
    private record Field(String name, String attribute) {}

    private static final Field CREATED = new Field("createdAt", "created_at");

    private static final List<Field> FIELDS = List.of(
            new Field("email", "email"),
            new Field("firstName", "first_name"),
            new Field("lastName", "last_name"),
            new Field("plan", "plan"),
            CREATED);

    private static final List<Field> PREFERENCES =
            List.of(new Field("marketing", "marketing_opt_in"), new Field("transactional", "transactional_opt_in"));

    @Override
    public JsonNode statedTime(ObjectNode body) {
        return Attributes.statedTime(body.path("user").path("attrs"), body);
    }

    @Override
    public void check(ObjectNode body, long now, Violations violations) {
        Person.checkUserId("userId", body.path("userId"), violations);
        JsonNode user = body.path("user");
        Person.checkUserId("user.id", user.path("id"), violations);
        CommandTime.checkDate("user." + CREATED.name, user.path(CREATED.name), violations);
        List<Field> given =
                FIELDS.stream().filter(field -> user.hasNonNull(field.name)).toList();
        JsonNode attributes = user.path("attrs");
        given.forEach(field -> checkOnlyOnce(attributes, field, "user." + field.name, violations));
        PREFERENCES.forEach(field -> checkOnlyOnce(attributes, field, "user.preferences." + field.name, violations));
        Attributes.check("user.attrs", attributes, given.size() + PREFERENCES.size(), violations);
    }

    @Override
    public List<Operation> map(Command command) throws InvalidCommandException {
        ObjectNode body = command.body();
        if (body.get("type").textValue().equals("user.deleted")) {
            Person person = Person.byShape(body.get("userId").asText());
            return List.of(TrackOperations.suppress(person), TrackOperations.delete(person));
        }
        JsonNode user = body.get("user");
        Person person = Person.byShape(user.get("id").asText());
        JsonNode preferences = user.get("preferences");
        boolean wantsAny = PREFERENCES.stream()
                .anyMatch(field -> preferences.get(field.name).booleanValue());
        if (!wantsAny) {
            return List.of(TrackOperations.suppress(person));
        }
        Operation identify = TrackOperations.identify(person, attributesOf(user), command.time());
        return body.path("resubscribed").booleanValue()
                ? List.of(TrackOperations.unsuppress(person), identify)
                : List.of(identify);
    }

    private static void checkOnlyOnce(JsonNode attributes, Field field, String place, Violations violations) {
        if (attributes.has(field.attribute)) {
            violations.add("user.attrs." + field.attribute, "given twice, it is also " + place);
        }
    }

    private static ObjectNode attributesOf(JsonNode user) {
        ObjectNode attributes = Json.object();
        for (Field field : FIELDS) {
            if (user.hasNonNull(field.name)) {
                attributes.set(field.attribute, user.get(field.name));
            }
        }
        if (attributes.has(CREATED.attribute)) {
            attributes.put(CREATED.attribute, CommandTime.seconds(user.get(CREATED.name)));
        }
        for (Field field : PREFERENCES) {
            attributes.set(field.attribute, user.get("preferences").get(field.name));
        }
        user.path("attrs").properties().forEach(added -> attributes.set(added.getKey(), added.getValue()));
        return attributes;
    }
}
