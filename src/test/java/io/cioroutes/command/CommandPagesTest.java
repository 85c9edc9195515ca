package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    /** The example that a page shows in every language. */
    private static final Map<CommandType, String> SHOWN = Map.of(
            CommandType.IDENTIFY, "new-customer",
            CommandType.TRACK, "order-completed",
            CommandType.TRANSACTIONAL, "order-receipt",
            CommandType.BROADCAST, "to-segment",
            CommandType.SUPPRESS, "by-id",
            CommandType.UNSUPPRESS, "by-id",
            CommandType.DELETE, "by-id",
            CommandType.USER, "synced",
            CommandType.ENTITY, "add-device");

    /** Takes the name, the message as a text block of Java, the message, and the call of RabbitMQ's HTTP API. */
    private static final String PROGRAMS =
            """

            ## From a program

            `publish` is defined in [Publish from a program](README.md); its last argument is the message id.

            ```java
            publish("%1$s", \"""
            %2$s
                    \""", "%1$s-1");
            ```

            ```js
            await publish('%1$s', %3$s, '%1$s-1');
            ```

            ```python
            publish("%1$s", r\"""%3$s\""", "%1$s-1")
            ```

            ```sh
            curl -sS -u guest:guest http://127.0.0.1:15672/api/exchanges/%%2F/cio/publish -d '%4$s'
            ```
            """;

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");

    /** Where a message stands in a block. */
    private static final Map<String, Pattern> MESSAGE = Map.of(
            "json", Pattern.compile("(?s)(.*)"),
            "java", Pattern.compile("(?s)publish\\(\"\\w+\", \"\"\"\\n(.*?)\"\"\""),
            "js", Pattern.compile("(?s)publish\\('\\w+', (\\{.*?}), '[\\w-]+'\\);"),
            "python", Pattern.compile("(?s)publish\\(\"\\w+\", r?\"\"\"(.*?)\"\"\""),
            "sh", Pattern.compile("(?s)curl .* -d '(.*)'"));

    private static final MessageFacts FACTS = new MessageFacts("m-1", null, 1_769_846_400L);

    private final CommandTranslator translator = new CommandTranslator();

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

    /** Every message on a page is one that the service takes, and it is the same in all languages. */
    @ParameterizedTest
    @EnumSource(CommandType.class)
    void theMessagesAreValid(CommandType type) throws IOException, InvalidCommandException {
        Path page = PAGES.resolve(type.routingKey() + ".md");
        List<JsonNode> shown = new ArrayList<>();
        for (String language : List.of("java", "js", "python", "sh")) {
            List<byte[]> bodies = messages(page, language);
            assertThat(bodies).as(language).hasSize(1);
            shown.add(JSON.readTree(bodies.get(0)));
        }
        assertThat(shown).allMatch(shown.get(0)::equals);
        List<byte[]> all = messages(page, "json");
        assertThat(all).isNotEmpty();
        all.add(JSON.writeValueAsBytes(shown.get(0)));
        for (byte[] body : all) {
            assertThat(translator.translate(type, body, FACTS)).isNotNull();
        }
    }

    @Test
    void theProgramsPublishOneAndTheSameMessage() throws IOException, InvalidCommandException {
        Path page = PAGES.resolve("README.md");
        byte[] java = messages(page, "java").get(0);
        for (String language : List.of("js", "python", "sh")) {
            assertThat(JSON.readTree(messages(page, language).get(0))).isEqualTo(JSON.readTree(java));
        }
        assertThat(translator.translate(CommandType.IDENTIFY, java, FACTS)).isNotNull();
    }

    @Test
    void theJavaProgramCompiles(@TempDir Path directory) throws IOException {
        String program = blocks(PAGES.resolve("README.md"), "java").get(0);
        Path file = Files.writeString(directory.resolve("Publish.java"), program);
        StringWriter complaints = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        boolean compiled = compiler.getTask(
                        complaints,
                        null,
                        null,
                        List.of("-proc:none", "-d", directory.toString()),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
                .call();
        assertThat(compiled).as(complaints.toString()).isTrue();
    }

    private static List<String> blocks(Path page, String language) throws IOException {
        return BLOCK.matcher(Files.readString(page))
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    /** The bodies as they would reach the queue. */
    private static List<byte[]> messages(Path page, String language) throws IOException {
        List<byte[]> bodies = new ArrayList<>();
        for (String block : blocks(page, language)) {
            Matcher message = MESSAGE.get(language).matcher(block);
            if (message.find()) {
                String text = message.group(1);
                if (language.equals("java")) {
                    text = text.stripIndent().translateEscapes();
                } else if (language.equals("sh")) {
                    text = JSON.readTree(text.replace("'\\''", "'"))
                            .path("payload")
                            .textValue();
                }
                bodies.add(text.getBytes(StandardCharsets.UTF_8));
            }
        }
        return bodies;
    }

    /** One message in every language. */
    private static String programs(CommandType type) throws IOException {
        String name = type.routingKey();
        String json = Files.readString(EXAMPLES.resolve(name).resolve(SHOWN.get(type) + ".json"))
                .strip();
        ObjectNode call = JSON.createObjectNode().put("routing_key", name);
        call.putObject("properties")
                .put("content_type", "application/json")
                .put("delivery_mode", 2)
                .put("message_id", name + "-1");
        call.put("payload", json).put("payload_encoding", "string");
        return PROGRAMS.formatted(
                name,
                json.replace("\\", "\\\\").indent(8).stripTrailing(),
                json,
                call.toString().replace("'", "'\\''"));
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
        return page.append(programs(type)).toString();
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
