package io.cioroutes.routes;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.cioroutes.command.SimilarName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The shape of route files, by the JSON Schema of Camel's YAML DSL. Compiled it takes hundreds of megabytes, so keep it no
 * longer than files are being checked; only the parts that they need are compiled.
 */
final class RouteShape {

    /** From the most telling: the schema offers alternatives, and the validator complains of each that does not fit. */
    private static final List<String> TELLING =
            List.of("additionalProperties", "maxProperties", "enum", "required", "type");

    private final JsonNode document;
    private final JsonSchema schema;

    RouteShape() {
        try (InputStream file = RouteShape.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            document = new JsonMapper().readTree(file);
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
                    .getSchema(
                            document,
                            SchemaValidatorsConfig.builder()
                                    .pathType(PathType.JSON_POINTER)
                                    .preloadJsonSchema(false)
                                    .build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is wrong, one problem for each place, the innermost only. */
    List<RouteProblem> check(RouteFile file) {
        Map<String, ValidationMessage> byPlace = new TreeMap<>();
        for (ValidationMessage message : schema.validate(file.content())) {
            String place = message.getInstanceLocation().toString();
            // The schema knows no placeholders in booleans and numbers; Camel does.
            boolean placeholder = file.content().at(place).asText().startsWith("{{");
            if (!placeholder && TELLING.contains(message.getType())) {
                byPlace.merge(place, message, RouteShape::moreTelling);
            }
        }
        List<RouteProblem> problems = new ArrayList<>();
        byPlace.forEach((place, message) -> {
            if (byPlace.keySet().stream().noneMatch(other -> other.startsWith(place + "/"))) {
                problems.add(file.problem(at(message), text(message, file.content())));
            }
        });
        return problems;
    }

    private static ValidationMessage moreTelling(ValidationMessage a, ValidationMessage b) {
        return TELLING.indexOf(a.getType()) <= TELLING.indexOf(b.getType()) ? a : b;
    }

    private static JsonPointer at(ValidationMessage message) {
        JsonPointer place = JsonPointer.compile(message.getInstanceLocation().toString());
        return message.getType().equals("additionalProperties") ? place.appendProperty(message.getProperty()) : place;
    }

    private String text(ValidationMessage message, JsonNode content) {
        JsonNodePath place = message.getInstanceLocation();
        String name = place.getName(-1);
        return switch (message.getType()) {
            case "additionalProperties" ->
                "unknown '" + message.getProperty() + "'" + similar(message)
                        + "; see https://camel.apache.org/manual/ for what may stand here";
            case "maxProperties" -> "only one of these may stand here; begin each step with a dash";
            case "enum" ->
                "'" + content.at(place.toString()).asText() + "' is none of what '" + name + "' may be: "
                        + message.getMessage().replaceAll("(?s).*enumeration ", "");
            case "required" -> "'" + message.getProperty() + "' is missing in '" + name + "'";
            default ->
                "'" + name + "' is of the wrong kind: " + message.getMessage().replaceAll("(?s)^.*?: ", "");
        };
    }

    /** The nearest name that the schema knows at this place. */
    private String similar(ValidationMessage message) {
        String keyword = message.getSchemaLocation().getFragment().toString();
        JsonNode known = document.at(keyword.substring(0, keyword.lastIndexOf('/')) + "/properties");
        List<String> names = new ArrayList<>();
        known.fieldNames().forEachRemaining(names::add);
        return SimilarName.of(message.getProperty(), names)
                .map(name -> " (did you mean '" + name + "'?)")
                .orElse("");
    }
}
