package io.cioroutes.command;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cioroutes.cases.Abbreviations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One case of {@code src/test/resources/commands}: a message and what becomes of it.
 *
 * <p>Its abbreviations are those of {@link Abbreviations}; {@code raw} is a body that is taken as it is written.
 */
record CommandCase(String file, JsonNode data) {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final Path FOLDER = Path.of("src/test/resources/commands");

    /** Every case of these files, or of all files but golden.yaml. */
    static Stream<CommandCase> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(file -> !file.equals("golden.yaml"))
                    .sorted()
                    .flatMap(CommandCase::of)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every case of one file. */
    static Stream<CommandCase> of(String file) {
        try {
            JsonNode cases = YAML.readTree(Files.readString(FOLDER.resolve(file)));
            List<CommandCase> found = new ArrayList<>();
            cases.forEach(data -> found.add(new CommandCase(file, Abbreviations.expand(data))));
            return found.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    String name() {
        return file + ": " + data.path("name").asText();
    }

    CommandType type() {
        String type = data.path("command").asText(file.replace(".yaml", ""));
        return CommandType.ofRoutingKey(type).orElseThrow(() -> new IllegalStateException(name() + ": " + type));
    }

    byte[] body() {
        return data.has("raw")
                ? data.get("raw").textValue().getBytes(StandardCharsets.UTF_8)
                : Json.write(data.get("body"));
    }

    /** Received at 1,700,000,000, unless the case says otherwise. */
    MessageFacts facts() {
        JsonNode facts = data.path("facts");
        return new MessageFacts(
                facts.path("messageId").textValue(),
                facts.has("timestamp") ? facts.get("timestamp").longValue() : null,
                facts.path("receivedAt").asLong(1_700_000_000L));
    }

    List<JsonNode> operations() {
        return list("operations");
    }

    List<String> violations() {
        return list("violations").stream().map(JsonNode::asText).toList();
    }

    private List<JsonNode> list(String field) {
        List<JsonNode> found = new ArrayList<>();
        data.path(field).forEach(found::add);
        return found;
    }
}
