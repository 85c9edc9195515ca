package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The pages of {@code docs/commands} are made from the schemas and the example files, and must be current.
 * {@code mvn test -Dtest=CommandPagesTest -Dcio.docs.write=true} writes them.
 */
class CommandPagesTest {

    private static final Path SCHEMAS = Path.of("src/main/resources/schemas");
    private static final Path EXAMPLES = Path.of("src/main/resources/examples");
    private static final Path PAGES = Path.of("docs/commands");
    private static final JsonMapper JSON = new JsonMapper();

    @ParameterizedTest
    @EnumSource(CommandType.class)
    void thePageIsCurrent(CommandType type) throws IOException {
        String page = page(type);
        Path file = PAGES.resolve(type.routingKey() + ".md");
        if (Boolean.getBoolean("cio.docs.write")) {
            Files.createDirectories(PAGES);
            Files.writeString(file, page);
        }
        assertThat(file).exists().content().isEqualTo(page);
    }

    private static String page(CommandType type) throws IOException {
        String name = type.routingKey();
        JsonNode schema = JSON.readTree(SCHEMAS.resolve(name + ".json").toFile());
        StringBuilder page = new StringBuilder();
        page.append("# ").append(name).append("\n\n");
        page.append("<!-- Made from the schema and the examples by CommandPagesTest; change those. -->\n\n");
        page.append(schema.path("description").asText()).append("\n\n");
        page.append("Publish to the exchange `cio` with the routing key `")
                .append(name)
                .append("`, or to the queue `");
        page.append(type.queue())
                .append("`. What cannot be delivered waits in `")
                .append(type.deadLetterQueue());
        page.append("`. The whole truth is the [schema](../../src/main/resources/schemas/")
                .append(name);
        page.append(".json).\n\n| field | |\n|---|---|\n");
        for (var field : schema.path("properties").properties()) {
            page.append("| `").append(field.getKey()).append("` | ");
            page.append(description(schema, field.getKey(), field.getValue()).replace("|", "\\|"))
                    .append(" |\n");
        }
        page.append("\n## Examples\n");
        try (Stream<Path> examples = Files.list(EXAMPLES.resolve(name))) {
            for (Path example : examples.sorted().toList()) {
                String title =
                        example.getFileName().toString().replace(".json", "").replace('-', ' ');
                page.append("\n### ")
                        .append(Character.toUpperCase(title.charAt(0)))
                        .append(title.substring(1));
                page.append("\n\n```json\n")
                        .append(Files.readString(example).strip())
                        .append("\n```\n\n");
                page.append("```sh\n./cio publish ")
                        .append(name)
                        .append(" --body \"$(cat ")
                        .append(example);
                page.append(")\"\n```\n");
            }
        }
        return page.toString();
    }

    /** Its own words, else those of what it refers to; a field that is described apart refers by its name. */
    private static String description(JsonNode schema, String name, JsonNode field) throws IOException {
        List<String> words = new ArrayList<>();
        if (field.has("enum")) {
            List<String> values = new ArrayList<>();
            field.get("enum").forEach(value -> values.add("`" + value.asText() + "`"));
            words.add(String.join(" or ", values) + ".");
        }
        JsonNode apart = schema.path("$defs").path(name);
        String reference = field.path("$ref").asText();
        if (field.has("description")) {
            words.add(field.get("description").asText());
        } else if (!reference.isEmpty()) {
            String[] parts = reference.split("#", 2);
            JsonNode document = parts[0].isEmpty()
                    ? schema
                    : JSON.readTree(SCHEMAS.resolve(parts[0]).toFile());
            words.add(document.at(parts[1]).path("description").asText());
        } else if (apart.has("description")) {
            words.add(apart.get("description").asText());
        }
        return String.join(" ", words).strip();
    }
}
