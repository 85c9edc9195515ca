package io.cioroutes.cli.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cioroutes.cli.CliException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A column of a table and the field of the body that it fills: {@code attrs.plan}, {@code attrs.zip:text}. A dot that
 * belongs to a name has a backslash before it.
 *
 * @param path the names on the way to the field
 * @param type how its texts are read
 */
record Column(List<String> path, Type type) {

    /** How a text becomes a JSON value. */
    enum Type {
        /** By its look: see {@link Column#value(String)}. */
        AUTO,
        TEXT,
        NUMBER,
        BOOLEAN,
        JSON
    }

    /** A text that is not what the column's type says. */
    static final class WrongTypeException extends Exception {
        WrongTypeException(String message) {
            super(message, null, false, false);
        }
    }

    /** Objects whose names and values are the publisher's own: here a number is a number. Elsewhere ids are texts. */
    private static final Set<String> OPEN = Set.of("attrs", "data", "options", "attributes");

    /** As JSON writes it, with no more digits than every reader of JSON keeps: 0049 and +1555 are no numbers. */
    private static final Pattern NUMBER = Pattern.compile("-?(?=\\d)(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d{1,3})?");

    private static final int SAFE_DIGITS = 15;
    private static final Pattern DOT = Pattern.compile("(?<!\\\\)\\.");
    private static final Set<String> TRUE = Set.of("true", "t", "yes", "1");
    private static final Set<String> FALSE = Set.of("false", "f", "no", "0");

    /** Reads the head of a column. */
    static Column of(String header) {
        String name = header.strip();
        Type type = Type.AUTO;
        int colon = name.lastIndexOf(':');
        for (Type candidate : Type.values()) {
            if (colon > 0 && candidate.name().toLowerCase(Locale.ROOT).equals(name.substring(colon + 1))) {
                type = candidate;
                name = name.substring(0, colon);
                break;
            }
        }
        List<String> path = Arrays.stream(DOT.split(name, -1))
                .map(part -> part.replace("\\.", "."))
                .toList();
        if (path.stream().anyMatch(String::isBlank)) {
            throw CliException.usage(
                    "The column '" + header + "' names no field. Columns are named like userId or attrs.plan.", null);
        }
        return new Column(path, type);
    }

    /** Reads the heads of all columns; two of them must not fill the same field. */
    static List<Column> all(List<String> headers) {
        List<Column> columns = new ArrayList<>();
        for (String header : headers) {
            Column column = of(header);
            for (Column other : columns) {
                int shared = Math.min(column.path.size(), other.path.size());
                if (column.path.subList(0, shared).equals(other.path.subList(0, shared))) {
                    throw CliException.usage(
                            "The columns " + other.name() + " and " + column.name() + " fill the same field.", null);
                }
            }
            columns.add(column);
        }
        return columns;
    }

    /** The field with its dots. */
    String name() {
        return String.join(".", path);
    }

    /**
     * Reads a text. Without a type {@code true} and {@code false} are booleans; inside {@code attrs}, {@code data},
     * {@code options} and {@code attributes} also numbers and {@code null} are what they look like; all else is text.
     * Quotes around a CSV value make no difference: most programs quote every value, or none.
     *
     * @return null for an empty text: the field is left out
     */
    JsonNode value(String text) throws WrongTypeException {
        if (text == null || text.isEmpty()) {
            return null;
        }
        return switch (type) {
            case AUTO -> byLook(text);
            case TEXT -> TextNode.valueOf(text);
            case NUMBER -> number(text);
            case BOOLEAN -> bool(text);
            case JSON -> json(text);
        };
    }

    private JsonNode byLook(String text) {
        if (text.equals("true") || text.equals("false")) {
            return BooleanNode.valueOf(text.equals("true"));
        }
        boolean open = path.subList(0, path.size() - 1).stream().anyMatch(OPEN::contains);
        if (open && text.equals("null")) {
            return NullNode.getInstance();
        }
        if (open && NUMBER.matcher(text).matches() && digits(text) <= SAFE_DIGITS) {
            return number(new BigDecimal(text));
        }
        return TextNode.valueOf(text);
    }

    private static long digits(String text) {
        return text.chars().filter(Character::isDigit).count();
    }

    private static JsonNode number(String text) throws WrongTypeException {
        try {
            return number(new BigDecimal(text.strip()));
        } catch (NumberFormatException e) {
            throw new WrongTypeException("is not a number");
        }
    }

    static JsonNode number(BigDecimal number) {
        return Rows.MAPPER.getNodeFactory().numberNode(number);
    }

    private static JsonNode bool(String text) throws WrongTypeException {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (!TRUE.contains(word) && !FALSE.contains(word)) {
            throw new WrongTypeException("is not true or false");
        }
        return BooleanNode.valueOf(TRUE.contains(word));
    }

    static JsonNode json(String text) throws WrongTypeException {
        try {
            return Rows.MAPPER.readTree(text);
        } catch (IOException e) {
            throw new WrongTypeException("is not JSON");
        }
    }

    /** Puts a value where this column belongs. */
    void set(ObjectNode body, JsonNode value) {
        ObjectNode object = body;
        for (String name : path.subList(0, path.size() - 1)) {
            object = object.withObjectProperty(name);
        }
        object.set(path.get(path.size() - 1), value);
    }
}
