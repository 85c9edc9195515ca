package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A person as the Track API names one: by exactly one identifier, without the prefix {@code cio_} of paths. */
record Person(Kind kind, String value) {

    enum Kind {
        ID("id"),
        EMAIL("email"),
        CIO_ID("cio_id"),
        PHONE("phone");

        private final String field;

        Kind(String field) {
            this.field = field;
        }
    }

    private static final String CIO_ID_PREFIX = "cio_";
    private static final Pattern ADDRESS = Pattern.compile("[^\\s@]+@[^\\s@]+\\.[^\\s@]+");

    /** The longest that an address can be: 64 characters, the @ and 255 more (RFC 5321). Bounds the search, too. */
    private static final int ADDRESS_LENGTH = 320;

    /** Names the person as the Track API reads an identifier in a path: an e-mail address, {@code cio_…}, else an id. */
    static Person byShape(String userId) {
        if (userId.startsWith(CIO_ID_PREFIX)) {
            return new Person(Kind.CIO_ID, userId.substring(CIO_ID_PREFIX.length()));
        }
        return new Person(isAddress(userId) ? Kind.EMAIL : Kind.ID, userId);
    }

    /** Whether the whole text is one e-mail address. */
    static boolean isAddress(String text) {
        return text.length() <= ADDRESS_LENGTH
                && text.indexOf('@') > 0
                && ADDRESS.matcher(text).matches();
    }

    /** Reads {@code userId} or {@code identifiers} of a valid body. */
    static Person of(ObjectNode body) {
        JsonNode userId = body.get("userId");
        if (userId != null) {
            return byShape(userId.asText());
        }
        Map.Entry<String, JsonNode> identifier =
                body.get("identifiers").properties().iterator().next();
        for (Kind kind : Kind.values()) {
            if (kind.field.equals(identifier.getKey())) {
                return new Person(kind, identifier.getValue().asText());
            }
        }
        throw new IllegalStateException("the schema lets an unknown identifier through");
    }

    /** Adds a violation where an {@code id} in {@code userId} or {@code identifiers} of any body is too long. */
    static void check(ObjectNode body, Violations violations) {
        checkUserId("userId", body.path("userId"), violations);
        checkId("identifiers.id", body.path("identifiers").path("id").asText(), violations);
    }

    /** Adds a violation where this value, read by shape, is an id that is too long. */
    static void checkUserId(String field, JsonNode userId, Violations violations) {
        Person person = byShape(userId.asText());
        if (person.kind == Kind.ID) {
            checkId(field, person.value, violations);
        }
    }

    private static void checkId(String field, String id, Violations violations) {
        int bytes = id.length() * 3 <= DocumentedLimits.ID_BYTES ? 0 : Utf8.length(id);
        if (bytes > DocumentedLimits.ID_BYTES) {
            violations.add(field, CommandSchema.tooLarge(bytes, DocumentedLimits.ID_BYTES));
        }
    }

    /** As the Track v2 and the App API want it. */
    ObjectNode identifiers() {
        return Json.object().put(kind.field, value);
    }

    /**
     * The identifier as a segment of a Track v1 path, percent-encoded. Empty where v1 would read it as somebody else,
     * because it goes by the shape alone: a phone number, an id that looks like an address or like {@code cio_…}.
     */
    Optional<String> pathSegment() {
        String segment = kind == Kind.CIO_ID ? CIO_ID_PREFIX + value : value;
        // HTTP clients and servers resolve the dots away, even percent-encoded.
        boolean isLost = segment.equals(".") || segment.equals("..") || !Utf8.canEncode(segment);
        boolean isLong = segment.length() > ADDRESS_LENGTH;
        return isLost || isLong || byShapeInPath(segment) != kind
                ? Optional.empty()
                : Optional.of(Utf8.percentEncode(segment));
    }

    /** Stricter than {@link #byShape}: v1 takes whatever contains an address for one. */
    private Kind byShapeInPath(String segment) {
        if (kind == Kind.PHONE) {
            return Kind.ID;
        }
        if (segment.startsWith(CIO_ID_PREFIX)) {
            return Kind.CIO_ID;
        }
        return ADDRESS.matcher(segment).find() ? Kind.EMAIL : Kind.ID;
    }
}
