package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The AsyncAPI document: valid, complete, and true to the schemas and examples beside it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AsyncApiTest {

    private static final Path FOLDER = Path.of("src/main/resources");

    private final CommandTranslator translator = new CommandTranslator();
    private final JsonNode document = read();

    @Test
    void isAsyncApi3() throws IOException {
        String definition = Files.readString(Path.of("src/test/resources/asyncapi/3.0.0.json"));
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(definition, InputFormat.JSON);

        assertThat(schema.validate(document)).isEmpty();
    }

    @Test
    void refersToNothingThatIsMissing() {
        List<String> references = new ArrayList<>();
        document.findValues("$ref").forEach(reference -> references.add(reference.asText()));

        assertThat(references).hasSizeGreaterThan(50).allSatisfy(reference -> {
            if (reference.startsWith("#")) {
                assertThat(document.at(reference.substring(1)).isMissingNode()).isFalse();
            } else {
                assertThat(FOLDER.resolve(reference)).exists();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void describesEveryCommand(CommandType type) {
        String key = type.routingKey();

        assertThat(document.at("/channels/" + key + "/address").asText()).isEqualTo(key);
        assertThat(document.at("/channels/" + key + "/description").asText())
                .contains(type.queue(), type.deadLetterQueue());
        assertThat(document.at("/operations/" + key + "/action").asText()).isEqualTo("receive");
        assertThat(document.at("/components/messages/" + key + "/payload/$ref").asText())
                .isEqualTo("./schemas/" + key + ".json");
        assertThat(texts(document.at("/channels/deadLetters/parameters/command/enum")))
                .contains(key);
        boolean answers = type == CommandType.TRANSACTIONAL || type == CommandType.BROADCAST;
        assertThat(document.at("/operations/" + key).has("reply")).isEqualTo(answers);
    }

    @ParameterizedTest
    @EnumSource
    void showsEveryExampleOfACommand(CommandType type) throws IOException {
        List<String> shown = document.at("/components/messages/" + type.routingKey() + "/examples")
                .findValuesAsText("$ref");

        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(examples(type).stream()
                        .map(file -> "./" + FOLDER.relativize(file).toString().replace('\\', '/'))
                        .toList());
    }

    static Stream<Path> allExamples() throws IOException {
        return Stream.of(CommandType.values()).flatMap(type -> {
            try {
                return examples(type).stream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("allExamples")
    void examplesAreValid(Path file) throws IOException, InvalidCommandException {
        String command = file.getParent().getFileName().toString();

        translator.validate(CommandType.ofRoutingKey(command).orElseThrow(), Files.readAllBytes(file));
    }

    private static List<Path> examples(CommandType type) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve("examples").resolve(type.routingKey()))) {
            return files.sorted().toList();
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static JsonNode read() {
        try {
            return new YAMLMapper().readTree(Files.readString(FOLDER.resolve("asyncapi.yaml"), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
