package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.DisallowUnknownKeywordFactory;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.Keyword;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.Vocabularies;
import com.networknt.schema.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The compiled JSON Schema of one command. Turns what the validator finds into violations that people understand. */
final class CommandSchema {

    /** Where the schemas stand. The scheme is only a name: they are read here, not by the validator. */
    private static final String BASE = "classpath:/schemas/";

    private static final String SHARED = BASE + "common.json";
    private static final String MESSAGE = "x-message";

    private static final Map<String, Keyword> OWN_KEYWORDS = Stream.of(new ClosedObjectKeyword(), new TypeKeyword())
            .collect(Collectors.toMap(Keyword::getValue, Function.identity()));

    private final JsonSchema schema;
    /** The schema documents by IRI, to look up the messages that stand in them. */
    private final Map<String, JsonNode> documents;

    private CommandSchema(JsonSchema schema, Map<String, JsonNode> documents) {
        this.schema = schema;
        this.documents = documents;
    }

    /** Compiles {@code schemas/<command>.json}. Fails where a reference leads nowhere. */
    static CommandSchema of(CommandType type) {
        String name = BASE + type.routingKey() + ".json";
        Map<String, String> texts = Map.of(name, read(name), SHARED, read(SHARED));
        JsonMetaSchema draft = JsonMetaSchema.getV202012();
        JsonMetaSchema dialect = JsonMetaSchema.builder(draft.getIri(), draft)
                .vocabularyFactory(CommandSchema::vocabulary)
                .unknownKeywordFactory(DisallowUnknownKeywordFactory.getInstance())
                .keyword(new NonValidationKeyword(MESSAGE))
                .keywords(SizeKeyword.all())
                .build();
        JsonSchemaFactory factory = JsonSchemaFactory.builder()
                .defaultMetaSchemaIri(dialect.getIri())
                .metaSchema(dialect)
                .schemaLoaders(loaders -> loaders.schemas(texts))
                .build();
        JsonSchema schema = factory.getSchema(
                SchemaLocation.of(name),
                SchemaValidatorsConfig.builder()
                        .pathType(PathType.JSON_POINTER)
                        .typeLoose(false)
                        .preloadJsonSchema(true)
                        .build());
        schema.initializeValidators();
        Map<String, JsonNode> documents = new HashMap<>();
        texts.forEach((key, text) -> documents.put(key, parse(text)));
        return new CommandSchema(schema, Map.copyOf(documents));
    }

    /** Adds every violation of the schema. */
    void check(JsonNode body, Violations violations) {
        Set<ValidationMessage> found = schema.validate(body);
        if (found.isEmpty()) {
            return;
        }
        for (ValidationMessage message : found) {
            if (!isInsideAlternative(message.getEvaluationPath())) {
                addTo(violations, message);
            }
        }
    }

    /** A vocabulary of the draft, with our keywords in the place of those that they replace. */
    private static Vocabulary vocabulary(String iri) {
        Vocabulary standard = Vocabularies.getVocabulary(iri);
        if (standard == null) {
            return null;
        }
        return new Vocabulary(
                iri,
                standard.getKeywords().stream()
                        .map(keyword -> OWN_KEYWORDS.getOrDefault(keyword.getValue(), keyword))
                        .toArray(Keyword[]::new));
    }

    /** What to say about something of this size. */
    static String tooLarge(long bytes, long limit) {
        return bytes + " bytes, at most " + limit + " are allowed";
    }

    /** The failed branches of a oneOf say nothing that its own message does not say better. */
    private static boolean isInsideAlternative(JsonNodePath path) {
        for (int i = 0; i < path.getNameCount() - 1; i++) {
            if ("oneOf".equals(path.getElement(i)) && path.getElement(i + 1) instanceof Integer) {
                return true;
            }
        }
        return false;
    }

    private void addTo(Violations violations, ValidationMessage message) {
        JsonNodePath location = message.getSchemaLocation().getFragment();
        JsonNode parent =
                documents.get(message.getSchemaLocation().getAbsoluteIri().toString());
        for (int i = 0; i < location.getNameCount() - 1; i++) {
            Object step = location.getElement(i);
            parent = step instanceof Integer index ? parent.path(index) : parent.path((String) step);
        }
        String keyword = location.getName(-1);
        JsonNode own = parent.path(MESSAGE).path(keyword);
        String field = fieldOf(
                message.getInstanceLocation(),
                own.isObject() ? own.path("field").asText() : message.getProperty());
        JsonNode text = own.isObject() ? own.path("message") : own;
        violations.add(field, text.isTextual() ? text.textValue() : describe(keyword, parent, message));
    }

    private static String describe(String keyword, JsonNode parent, ValidationMessage message) {
        JsonNode rule = parent.path(keyword);
        JsonNode value = message.getInstanceNode();
        return switch (keyword) {
            case "additionalProperties" ->
                "unknown field" + suggestion(message.getProperty(), parent.path("properties"));
            case "required" -> "missing";
            case "type" -> "must be " + types(rule) + ", it is " + Json.typeOf(value);
            case "enum" -> "must be one of " + join(rule, ", ");
            case "minItems", "minProperties" ->
                "must hold at least " + rule + (rule.asInt() == 1 ? " entry" : " entries");
            case "maxItems", "maxProperties" -> value.size() + " entries, at most " + rule + " are allowed";
            case "minimum" -> "must be at least " + rule;
            case "maximum" -> "must be at most " + rule;
            case SizeKeyword.BYTES, SizeKeyword.NAME_BYTES, SizeKeyword.VALUE_BYTES, SizeKeyword.JSON_BYTES ->
                tooLarge((Integer) message.getArguments()[0], rule.asLong());
            default -> "does not fit the schema (" + keyword + ")";
        };
    }

    private static String fieldOf(JsonNodePath location, String property) {
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < location.getNameCount(); i++) {
            Object step = location.getElement(i);
            if (step instanceof Integer index) {
                field.append('[').append(index).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".").append(step);
            }
        }
        return property == null ? field.toString() : field + (field.isEmpty() ? "" : ".") + property;
    }

    private static String types(JsonNode rule) {
        if (rule.isTextual()) {
            return article(rule.textValue());
        }
        List<String> names = new ArrayList<>();
        rule.forEach(type -> names.add(article(type.textValue())));
        return String.join(" or ", names);
    }

    private static String article(String type) {
        return switch (type) {
            case "null" -> type;
            case "integer", "object", "array" -> "an " + type;
            default -> "a " + type;
        };
    }

    private static String join(JsonNode values, String separator) {
        return StreamSupport.stream(values.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining(separator));
    }

    private static String suggestion(String unknown, JsonNode known) {
        List<String> names = new ArrayList<>();
        known.fieldNames().forEachRemaining(names::add);
        return SimilarName.of(unknown, names)
                .map(name -> " (did you mean " + name + "?)")
                .orElse("");
    }

    private static String read(String name) {
        String resource = name.substring(name.indexOf('/'));
        try (InputStream in = CommandSchema.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
