package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CommandTranslatorTest {

    private static final MessageFacts FACTS = new MessageFacts(null, null, 1_700_000_000L);

    private final CommandTranslator translator = new CommandTranslator();

    @Test
    void givesEveryEventWithoutAnIdItsOwnUlid() throws InvalidCommandException {
        byte[] body = bytes("{\"userId\":\"a\",\"name\":\"x\"}");

        List<String> ulids = List.of(ulid(body), ulid(body));

        assertThat(ulids).doesNotHaveDuplicates();
    }

    @Test
    void leavesTheMessageWithoutAnIdUnnamed() throws InvalidCommandException {
        assertThat(translator
                        .translate(CommandType.SUPPRESS, bytes("{\"userId\":\"a\"}"), FACTS)
                        .messageId())
                .isNull();
    }

    @Test
    void servesAllThreads() {
        List<String> results = IntStream.range(0, 20_000)
                .parallel()
                .mapToObj(i -> {
                    byte[] body = bytes("{\"userId\":\"user-" + i + "\",\"attrs\":{\"n\":" + i + "}}");
                    return asText(CommandType.IDENTIFY, body);
                })
                .toList();

        assertThat(results)
                .isEqualTo(IntStream.range(0, 20_000)
                        .mapToObj(i -> "{\"type\":\"person\",\"identifiers\":{\"id\":\"user-" + i
                                + "\"},\"action\":\"identify\",\"timestamp\":1700000000,\"attributes\":{\"n\":" + i
                                + ",\"last_seen_at\":1700000000}}")
                        .toList());
    }

    @Test
    void makesTheSameRequestOfTheSameMessage() {
        byte[] body = bytes("{\"type\":\"user.synced\",\"user\":{\"id\":\"a\",\"plan\":\"p\",\"email\":\"a@b.co\","
                + "\"preferences\":{\"transactional\":true,\"marketing\":true},\"attrs\":{\"z\":1,\"b\":2}}}");

        assertThat(asText(CommandType.USER, body))
                .isEqualTo("{\"type\":\"person\",\"identifiers\":{\"id\":\"a\"},\"action\":\"identify\","
                        + "\"timestamp\":1700000000,\"attributes\":{\"email\":\"a@b.co\",\"plan\":\"p\","
                        + "\"marketing_opt_in\":true,\"transactional_opt_in\":true,\"z\":1,\"b\":2}}");
    }

    /** These are no JSON: whoever says so has read them. */
    @Test
    void readsNoBodyThatIsTooLongForItsCommand() {
        assertThat(violation(() -> translator.translate(CommandType.TRACK, new byte[10_000_001], FACTS)))
                .isEqualTo("the body has 10000001 bytes, at most 10000000 are allowed");
        assertThat(violation(() -> translator.translate(CommandType.BROADCAST, new byte[50_000_001], FACTS)))
                .isEqualTo("the body has 50000001 bytes, at most 50000000 are allowed");
        assertThat(violation(() -> CommandTranslator.read(new byte[50_000_001])))
                .isEqualTo("the body has 50000001 bytes, at most 50000000 are allowed");
        assertThat(violation(() -> translator.translate(CommandType.BROADCAST, new byte[50_000_000], FACTS)))
                .isEqualTo("the body is not UTF-8");
    }

    private static String violation(ThrowingCallable translation) {
        return catchThrowableOfType(InvalidCommandException.class, translation)
                .violations()
                .get(0)
                .message();
    }

    @Test
    void validatesWithoutFacts() {
        assertThatCode(() -> translator.validate(CommandType.DELETE, bytes("{\"userId\":\"a\"}")))
                .doesNotThrowAnyException();
        assertThat(invalid(CommandType.DELETE, "{}").violations())
                .containsExactly(new Violation("userId", "give either userId or identifiers"));
    }

    @Test
    void namesTheFirstViolationsAndCountsTheRest() {
        String fields = IntStream.range(0, 50).mapToObj(i -> "\"f" + i + "\":1").collect(Collectors.joining(","));

        InvalidCommandException e = invalid(CommandType.DELETE, "{\"userId\":\"a\"," + fields + "}");

        assertThat(e.violations()).hasSize(50);
        assertThat(e).hasMessageStartingWith("f0: unknown field; f1: unknown field; ");
        assertThat(e).hasMessageEndingWith("f19: unknown field; and 30 more");
    }

    @Test
    void namesNoFieldThatCouldForgeALine() {
        InvalidCommandException e =
                invalid(CommandType.DELETE, "{\"userId\":\"a\",\"x\\r\\nINFO all is well\":1,\"\\u202Ey\":1}");

        assertThat(e).hasMessage("x??INFO all is well: unknown field; ?y: unknown field");
    }

    @Test
    void showsNoValue() {
        String secret = "jane.secret@example.com";
        for (CommandType type : CommandType.values()) {
            InvalidCommandException e = invalid(
                    type,
                    "{\"userId\":[\"" + secret + "\"],\"identifiers\":{\"phone\":\"" + secret + "\"},\"to\":{\"a\":\""
                            + secret + "\"},\"type\":\"" + secret + "\",\"channel\":\"" + secret + "\",\"timestamp\":\""
                            + secret + "\",\"broadcastId\":\"" + secret + "\",\"dataFileUrl\":\"" + secret + "\"}");
            assertThat(e.getMessage()).as(type.routingKey()).doesNotContain("secret");
        }
    }

    @Test
    void showsNoPersonInTheTextOfAnOperation() throws InvalidCommandException {
        Translation translation = translator.translate(
                CommandType.TRACK,
                bytes("{\"userId\":\"jane@example.com\",\"name\":\"x\",\"data\":{\"t\":\"" + "x".repeat(40_000)
                        + "\"}}"),
                FACTS);

        assertThat(translation.operations().get(0).path()).contains("jane");
        assertThat(translation.toString()).doesNotContain("jane");
    }

    private String ulid(byte[] body) throws InvalidCommandException {
        Operation operation = translator
                .translate(CommandType.TRACK, body, FACTS)
                .operations()
                .get(0);
        return Json.read(operation.body()).get("id").textValue();
    }

    private String asText(CommandType type, byte[] body) {
        try {
            return new String(
                    translator.translate(type, body, FACTS).operations().get(0).body(), StandardCharsets.UTF_8);
        } catch (InvalidCommandException e) {
            throw new AssertionError(e);
        }
    }

    private InvalidCommandException invalid(CommandType type, String body) {
        InvalidCommandException e = catchThrowableOfType(
                InvalidCommandException.class, () -> translator.translate(type, bytes(body), FACTS));
        assertThat(e).as("it is valid").isNotNull();
        return e;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
