package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for the schemas themselves. */
class SchemasTest {

    private static final Path FOLDER = Path.of("src/main/resources/schemas");

    /** Keywords whose violation says nothing to a publisher without words of our own. */
    private static final Set<String> NEED_WORDS = Set.of("pattern", "oneOf", "not");

    static List<Path> schemas() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void areSchemasOf202012(Path file) throws IOException {
        var metaSchema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        JsonNode schema = new ObjectMapper().readTree(file.toFile());

        assertThat(schema.path("$schema").asText()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(metaSchema.validate(schema)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void sayInWordsWhatAPatternSaysInSigns(Path file) throws IOException {
        List<String> missing = new ArrayList<>();

        collectWithoutWords(new ObjectMapper().readTree(file.toFile()), "", missing);

        assertThat(missing).isEmpty();
    }

    @Test
    void thereIsOneForEveryCommand() throws IOException {
        assertThat(schemas())
                .extracting(file -> file.getFileName().toString().replace(".json", ""))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of("common"),
                                Stream.of(CommandType.values()).map(CommandType::routingKey))
                        .toList());
    }

    /** A publisher never hears of a condition: what is below {@code if} needs no words, nor the branches of a oneOf. */
    private static void collectWithoutWords(JsonNode schema, String path, List<String> missing) {
        for (Map.Entry<String, JsonNode> member : schema.properties()) {
            String name = member.getKey();
            if (NEED_WORDS.contains(name)
                    && !path.endsWith("/properties")
                    && !schema.path("x-message").has(name)) {
                missing.add(path + "/" + name);
            }
            if (!name.equals("if") && !name.equals("x-message")) {
                collectWithoutWords(member.getValue(), path + "/" + name, missing);
            }
        }
        if (schema.isArray() && !path.endsWith("/oneOf")) {
            for (int i = 0; i < schema.size(); i++) {
                collectWithoutWords(schema.get(i), path + "/" + i, missing);
            }
        }
    }
}
