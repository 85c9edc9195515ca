package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** One way of naming a person. E-mail addresses compare without case, as at Customer.io. */
record Identifier(Kind kind, String value) {
    private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+\\.[^\\s@]+");
    private static final Pattern PHONE = Pattern.compile("\\+[1-9]\\d{6,14}");
    static final int MAX_BYTES = 150;

    enum Kind {
        ID,
        EMAIL,
        PHONE,
        CIO_ID,
        ANONYMOUS_ID;

        String field() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Identifier {
        if (kind == Kind.EMAIL) {
            value = value.toLowerCase(Locale.ROOT);
        }
    }

    /** Reads the identifier of a v1 path by its shape: an e-mail address, {@code cio_…}, anything else is an id. */
    static Identifier ofPath(String value) {
        if (value.startsWith("cio_")) {
            return new Identifier(Kind.CIO_ID, value.substring(4));
        }
        return new Identifier(EMAIL.matcher(value).find() ? Kind.EMAIL : Kind.ID, value);
    }

    /**
     * Reads a body's identifiers: exactly one of the kinds.
     *
     * @return null where there is a problem, which is then added to the list
     */
    static Identifier ofBody(JsonNode identifiers, String field, List<Kind> kinds, List<Problem> problems) {
        String names = String.join(", ", kinds.stream().map(Kind::field).toList());
        if (Json.isAbsent(identifiers)) {
            problems.add(Problem.required(field));
            return null;
        }
        if (!identifiers.isObject()) {
            problems.add(Problem.invalid(field, field + " must be an object with exactly one of " + names));
            return null;
        }
        List<Kind> given =
                kinds.stream().filter(k -> identifiers.hasNonNull(k.field())).toList();
        if (given.size() != 1) {
            problems.add(Problem.invalid(field, field + " must contain exactly one of " + names));
            return null;
        }
        Kind kind = given.get(0);
        return of(kind, identifiers.get(kind.field()), field + "." + kind.field(), problems);
    }

    /** Reads one identifier of a known kind; null where there is a problem, which is then added to the list. */
    static Identifier of(Kind kind, JsonNode value, String field, List<Problem> problems) {
        boolean number = value.isIntegralNumber() && kind == Kind.ID;
        if (!number && !Json.isText(value)) {
            problems.add(Problem.invalid(field, field + " must be a string that is not blank"));
            return null;
        }
        String text = value.asText();
        if (Json.utf8(text) > MAX_BYTES) {
            problems.add(Problem.invalid(field, field + " cannot be longer than " + MAX_BYTES + " bytes"));
            return null;
        }
        if (kind == Kind.EMAIL && !EMAIL.matcher(text).find()) {
            problems.add(Problem.invalid(field, field + " is not an e-mail address"));
            return null;
        }
        if (kind == Kind.PHONE && !isPhone(text)) {
            problems.add(Problem.invalid(field, field + " must be an E.164 phone number"));
            return null;
        }
        return new Identifier(kind, text);
    }

    /** True for an E.164 phone number. */
    static boolean isPhone(String text) {
        return PHONE.matcher(text).matches();
    }

    @Override
    public String toString() {
        return kind.field() + " " + value;
    }
}
