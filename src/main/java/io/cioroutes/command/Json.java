package io.cioroutes.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads message bodies strictly and writes request bodies. */
final class Json {

    /** Deep enough for any message, shallow enough for every recursive reader. */
    private static final int DEPTH = 100;

    private static final Pattern DUPLICATE = Pattern.compile("Duplicate field '(.*)' for ", Pattern.DOTALL);

    /** Jackson quotes the token that it met: more than one character of it could be somebody's data. */
    private static final Pattern QUOTED_TOKEN = Pattern.compile("'[^']{2,}'");

    private static final Pattern SETTING = Pattern.compile(", from `[^`]*`");

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    // Attribute names come from outside: keep them out of the JVM's table of interned strings.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .build())
                    // Without this Jackson writes an emoji as two \\u escapes, three times its size.
                    .configure(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8, true)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            // A price of 0.10 or an id of twenty digits arrives as it was written.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** An empty JSON object. */
    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Reads one JSON object in UTF-8. */
    static ObjectNode read(byte[] body) throws InvalidCommandException {
        if (startsLikeUtf16Or32(body) || !Utf8.isValid(body)) {
            throw Violations.single("", "the body is not UTF-8");
        }
        JsonNode value;
        try {
            value = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw notJson(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: the bytes are in memory
        }
        if (value.isMissingNode()) {
            throw Violations.single("", "the body is empty, it must be a JSON object");
        }
        if (!(value instanceof ObjectNode object)) {
            throw Violations.single("", "the body must be a JSON object, it is " + typeOf(value));
        }
        return object;
    }

    /** What a mapping made, as JSON: JSON, its text, or maps and lists. */
    static JsonNode of(Object value) throws InvalidCommandException {
        if (value instanceof JsonNode json) {
            return json;
        }
        if (value instanceof byte[] || value instanceof CharSequence) {
            byte[] bytes = value instanceof byte[] b ? b : value.toString().getBytes(StandardCharsets.UTF_8);
            try {
                return MAPPER.readTree(bytes);
            } catch (JsonProcessingException e) {
                throw notJson(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // cannot happen: the bytes are in memory
            }
        }
        return MAPPER.valueToTree(value);
    }

    /** Writes compact JSON in UTF-8, without escapes where JSON needs none. */
    static byte[] write(JsonNode value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JSON type with its article, as error messages name it. */
    static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT, POJO -> "an object";
            case ARRAY -> "an array";
            case STRING, BINARY -> "a string";
            case NUMBER -> value.isIntegralNumber() ? "an integer" : "a number with a fraction";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            case MISSING -> "missing";
        };
    }

    /** Jackson would take these for UTF-16 or UTF-32: no JSON in UTF-8 has a zero byte, or starts so. */
    private static boolean startsLikeUtf16Or32(byte[] body) {
        for (int i = 0; i < Math.min(4, body.length); i++) {
            if (body[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private static InvalidCommandException notJson(JsonProcessingException e) {
        Matcher duplicate = DUPLICATE.matcher(e.getOriginalMessage());
        if (duplicate.find()) {
            return Violations.single(duplicate.group(1), "given twice" + at(e));
        }
        return Violations.single(
                "",
                e instanceof StreamConstraintsException
                        ? SETTING.matcher(e.getOriginalMessage()).replaceAll("")
                        : "not JSON: " + whatWasMet(e) + at(e));
    }

    private static String whatWasMet(JsonProcessingException e) {
        if (e instanceof JsonEOFException) {
            return "the body ends in the middle of a value";
        }
        if (e instanceof MismatchedInputException) {
            return "there is more than one value";
        }
        // What follows the colon is for programmers: Jackson's settings, and all that it would have taken instead.
        return QUOTED_TOKEN.matcher(e.getOriginalMessage().split(": ")[0]).replaceAll("'…'");
    }

    private static String at(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
