package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever a body holds, it is either understood or invalid: any other exception would be taken for a fault of the
 * service, and the message would be tried again and again. Changes the examples at random, always in the same way.
 */
class AnyBodyTest {

    private static final int CHANGED_BODIES = 30_000;
    private static final String[] VALUES = {
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e400",
        "1700000000",
        "99999999999999999999",
        "\"\"",
        "\" \"",
        "\"cio_\"",
        "\"a@b.co\"",
        "\"user.synced\"",
        "\"user.deleted\"",
        "\"person\"",
        "\"object\"",
        "\"merge\"",
        "\"event\"",
        "\"identify\"",
        "\"sms\"",
        "\"push\"",
        "\"\\uD800\"",
        "\"2026-01-31T08:00:00Z\"",
        "[]",
        "{}",
        "[null]",
        "[{}]",
        "{\"a\":1}",
        "{\"id\":\"a\"}",
        "{\"action\":\"delete_relationships\",\"relationships\":[]}"
    };

    private record Example(CommandType type, JsonNode body) {}

    private final ObjectMapper mapper = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private final Random random = new Random(42);
    private final CommandTranslator translator = new CommandTranslator();

    @Test
    void isUnderstoodOrInvalid() throws IOException {
        List<Example> examples = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources/examples"))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String command = file.getParent().getFileName().toString();
                examples.add(
                        new Example(CommandType.ofRoutingKey(command).orElseThrow(), mapper.readTree(file.toFile())));
            }
        }
        int understood = 0;
        for (int i = 0; i < CHANGED_BODIES; i++) {
            Example example = examples.get(random.nextInt(examples.size()));
            CommandType type = random.nextInt(4) > 0
                    ? example.type
                    : CommandType.values()[random.nextInt(CommandType.values().length)];
            JsonNode body = example.body.deepCopy();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                change(body);
            }
            understood += isUnderstood(type, body.toString()) ? 1 : 0;
        }
        assertThat(understood).isBetween(CHANGED_BODIES / 20, CHANGED_BODIES / 2);
    }

    private boolean isUnderstood(CommandType type, String body) {
        try {
            Translation translation = translator.translate(
                    type, body.getBytes(StandardCharsets.UTF_8), new MessageFacts(null, null, 1_700_000_000L));
            assertThat(translation.operations()).isNotEmpty();
            return true;
        } catch (InvalidCommandException e) {
            assertThat(e.violations()).isNotEmpty();
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError(type + " " + body, e);
        }
    }

    private void change(JsonNode node) throws IOException {
        JsonNode value = mapper.readTree(VALUES[random.nextInt(VALUES.length)]);
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.isEmpty() ? "userId" : names.get(random.nextInt(names.size()));
            if (object.path(name).isContainerNode() && random.nextInt(3) > 0) {
                change(object.get(name));
            } else if (random.nextInt(4) == 0) {
                object.remove(name);
            } else {
                object.set(random.nextInt(8) == 0 ? "attrs" : name, value);
            }
        } else if (node instanceof ArrayNode array && !array.isEmpty()) {
            array.set(random.nextInt(array.size()), value);
        }
    }
}
