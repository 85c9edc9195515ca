package io.cioroutes.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** YAML documents, and JSON Schemas to check them with. */
final class Documents {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(VersionFlag.V7);

    private Documents() {}

    /** The documents of a YAML text, in their order. A key that is there twice is an error. */
    static List<JsonNode> yaml(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<JsonNode> documents = new ArrayList<>();
        new Yaml(options).loadAll(text).forEach(document -> documents.add(JSON.valueToTree(document)));
        return documents;
    }

    /** A JSON file of the test resources. */
    static JsonNode resource(String name) {
        try (InputStream json = Documents.class.getResourceAsStream("/deploy/" + name)) {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonSchema schema(JsonNode schema) {
        return SCHEMAS.getSchema(schema);
    }

    /** What does not fit, each with its place. */
    static List<String> violations(JsonSchema schema, JsonNode document) {
        return schema.validate(document).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }
}
