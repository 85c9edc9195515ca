package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs the cases of {@code src/test/resources/commands}. */
class CommandCasesTest {

    private static final String ANY_ULID = "<ulid>";

    private final CommandTranslator translator = new CommandTranslator();

    @TestFactory
    Stream<DynamicTest> cases() {
        return CommandCase.all().map(c -> DynamicTest.dynamicTest(c.name(), () -> run(c)));
    }

    private void run(CommandCase c) throws Exception {
        if (c.violations().isEmpty()) {
            assertTranslated(c, translator.translate(c.type(), c.body(), c.facts()));
        } else {
            InvalidCommandException e = catchThrowableOfType(
                    InvalidCommandException.class, () -> translator.translate(c.type(), c.body(), c.facts()));
            assertThat(e).as("it is valid").isNotNull();
            assertThat(e.violations())
                    .extracting(Violation::toString)
                    .containsExactlyInAnyOrderElementsOf(c.violations());
        }
    }

    private static void assertTranslated(CommandCase c, Translation translation) throws Exception {
        assertThat(translation.operations()).as("operations").hasSameSizeAs(c.operations());
        for (int i = 0; i < c.operations().size(); i++) {
            assertOperation(c.operations().get(i), translation.operations().get(i));
        }
        if (c.data().has("time")) {
            assertThat(translation.time()).isEqualTo(c.data().get("time").longValue());
        }
        if (c.data().has("messageId")) {
            assertThat(translation.messageId())
                    .isEqualTo(c.data().get("messageId").textValue());
        }
    }

    private static void assertOperation(JsonNode expected, Operation operation) throws Exception {
        String kind = expected.fieldNames().next();
        assertThat(operation.kind().name().toLowerCase(Locale.ROOT)).isEqualTo(kind);
        boolean isBatched = kind.equals("batch");
        assertThat(operation.method() + " " + operation.path())
                .isEqualTo(isBatched ? "POST /api/v2/batch" : expected.get(kind).textValue());
        ObjectNode body = Json.read(operation.body());
        ObjectNode expectedBody = Json.read(Json.write(isBatched ? expected.get(kind) : expected.get("body")));
        if (ANY_ULID.equals(expectedBody.path("id").asText())) {
            assertThat(body.path("id").asText()).matches("[0-7][0-9A-HJKMNP-TV-Z]{25}");
            expectedBody.set("id", body.get("id"));
        }
        assertThat(body).isEqualTo(expectedBody);
    }

    @TestFactory
    Stream<DynamicTest> everyCommandHasCases() {
        List<CommandType> covered = CommandCase.all().map(CommandCase::type).toList();
        return Stream.of(CommandType.values())
                .map(type -> DynamicTest.dynamicTest(
                        type.routingKey(), () -> assertThat(covered).contains(type)));
    }
}
