package io.cioroutes.cli.publish;

import static io.cioroutes.cli.publish.Publishing.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.cli.publish.Publishing.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishTest {
    private static final String ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}";

    @TempDir
    Path directory;

    private Publishing publishing;

    @BeforeEach
    void connect() throws IOException {
        publishing = new Publishing().declare();
    }

    @AfterEach
    void disconnect() throws IOException {
        publishing.close();
    }

    @Test
    void publishesOneMessage() throws IOException {
        Result result = publishing.run("identify", "--body", "{\"userId\": \"ä\", \"attrs\": {\"plan\": \"pro\"}}");

        assertThat(result.exitCode()).as(result.err()).isZero();
        GetResponse message = only("identify");
        assertThat(body(message)).isEqualTo("{\"userId\": \"ä\", \"attrs\": {\"plan\": \"pro\"}}");
        assertThat(message.getProps().getContentType()).isEqualTo("application/json");
        assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
        assertThat(message.getProps().getMessageId()).matches(ULID);
        assertThat(message.getProps().getTimestamp()).isNotNull();
        assertThat(result.err()).contains(message.getProps().getMessageId()).doesNotContain("guest:guest");
    }

    @Test
    void publishesAFileOfOneMessageAsItIs() throws IOException {
        String pretty = "{\n  \"userId\": \"1\"\n}\n";

        Result result = publishing.run("identify", "--file", file("one.json", pretty), "--message-id", "m-1");

        assertThat(result.exitCode()).as(result.err()).isZero();
        GetResponse message = only("identify");
        assertThat(body(message)).isEqualTo(pretty);
        assertThat(message.getProps().getMessageId()).isEqualTo("m-1");
    }

    @Test
    void refusesOneMessageWithEveryViolation() throws IOException {
        Result result = publishing.run("identify", "--body", "{\"userid\": \"1\", \"attrs\": []}");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("userid: unknown field (did you mean userId?)")
                .contains("attrs: must be an object");
        assertThat(publishing.take("identify")).isEmpty();
    }

    @Test
    void refusesAnIdThatIsTooLongForAmqp() throws IOException {
        Result result = publishing.run("identify", "--body", "{\"userId\": \"1\"}", "--message-id", "é".repeat(128));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("message_id: is longer than AMQP's 255 bytes");
        assertThat(publishing.take("identify")).isEmpty();
    }

    @Test
    void publishesTheGoodLinesAndReportsTheOthers() throws IOException {
        Path report = directory.resolve("refused.ndjson");
        String lines =
                """
                {"userId":"1","name":"a","id":"own-id"}
                not json
                {"userId":"2","name":"b"}
                {"name":"c","colour":"red"}
                """;

        Result result = publishing.run("track", "--file", file("in.ndjson", lines), "--rejects", report.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("Published 2 of 4 messages")
                .contains("2 refused")
                .contains("line 2: not JSON");
        List<GetResponse> messages = publishing.take("track");
        assertThat(messages)
                .extracting(Publishing::body)
                .containsExactly(
                        "{\"userId\":\"1\",\"name\":\"a\",\"id\":\"own-id\"}", "{\"userId\":\"2\",\"name\":\"b\"}");
        assertThat(messages.get(0).getProps().getMessageId()).isEqualTo("own-id");
        assertThat(messages.get(1).getProps().getMessageId()).matches(ULID);
        List<JsonNode> refused =
                Files.readAllLines(report).stream().map(PublishTest::json).toList();
        assertThat(refused).extracting(line -> line.get("line").asInt()).containsExactly(2, 4);
        assertThat(refused.get(1).get("violations"))
                .extracting(JsonNode::asText)
                .anyMatch(text -> text.startsWith("colour: unknown field"))
                .anyMatch(text -> text.startsWith("userId: give exactly one"));
        assertThat(refused.get(0).get("body").asText()).isEqualTo("not json");
    }

    @Test
    void publishesCsvRows() throws IOException {
        Result result = publishing.run(
                "track",
                "--file",
                file("in.csv", "userId,name,data.price,data.order\n1,bought,9.90,o-1\n2,bought,5,o-2\n"),
                "--id-field",
                "data.order");

        assertThat(result.exitCode()).as(result.err()).isZero();
        List<GetResponse> messages = publishing.take("track");
        assertThat(messages)
                .extracting(Publishing::body)
                .containsExactly(
                        "{\"userId\":\"1\",\"name\":\"bought\",\"data\":{\"price\":9.90,\"order\":\"o-1\"}}",
                        "{\"userId\":\"2\",\"name\":\"bought\",\"data\":{\"price\":5,\"order\":\"o-2\"}}");
        assertThat(messages)
                .extracting(message -> message.getProps().getMessageId())
                .containsExactly("o-1", "o-2");
    }

    @Test
    void refusesALineWithoutTheFieldOfItsId() {
        Result result =
                publishing.run("track", "--body", "{\"userId\":\"1\",\"name\":\"a\"}", "--id-field", "data.order");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("data.order: must be a text or an integer");
    }

    @Test
    void aDryRunPublishesNothing() throws IOException {
        String file = file("in.ndjson", "{\"userId\":\"1\"}\n{}\n");

        Result result =
                Publishing.execute("publish", "identify", "--file", file, "--dry-run", "--uri", "amqp://nowhere");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("Valid 1 of 2 messages");
        assertThat(publishing.take("identify")).isEmpty();
    }

    @Test
    void keepsToARate() {
        String file = file("in.ndjson", users(1, 150));

        long begin = System.nanoTime();
        Result result = publishing.run("identify", "--file", file, "--rate", "100");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(1450));
    }

    @Test
    void publishesMoreThanTheWindowHolds() throws IOException {
        Result result = publishing.run("identify", "--file", file("in.ndjson", users(1, 5000)));

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(publishing.take("identify")).hasSize(5000);
    }

    @Test
    void printsTheReply() throws IOException {
        publishing
                .channel()
                .basicConsume(
                        "cio.transactional",
                        true,
                        (tag, request) -> {
                            BasicProperties properties = new BasicProperties.Builder()
                                    .correlationId(request.getProperties().getCorrelationId())
                                    .headers(Map.of("x-cio-outcome", "delivered"))
                                    .build();
                            publishing
                                    .channel()
                                    .basicPublish(
                                            "",
                                            request.getProperties().getReplyTo(),
                                            properties,
                                            "{\"delivery_id\":\"d1\"}\n".getBytes(StandardCharsets.UTF_8));
                        },
                        tag -> {});

        Result result =
                publishing.run("transactional", "--body", "{\"to\":\"a@b.example\",\"templateId\":1}", "--reply");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("{\"delivery_id\":\"d1\"}" + System.lineSeparator());
    }

    @Test
    void saysThatNoReplyCame() {
        Result result =
                publishing.run("transactional", "--body", "{\"to\":\"a@b.example\",\"templateId\":1}", "--reply=1");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("No reply within 1 s").doesNotContain("\tat ");
    }

    @Test
    void goesOnAfterAnInterruptionWithEachLineOnce() throws Exception {
        Path checkpoint = directory.resolve("checkpoint");
        String file = file("in.ndjson", users(1, 20_000));
        Path output = directory.resolve("output");
        Process process = publishing.start(
                output, "identify", "--file", file, "--checkpoint", checkpoint.toString(), "--rate", "4000");
        await().atMost(Duration.ofSeconds(60)).until(() -> line(checkpoint) > 3000);

        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output).content().contains("Interrupted after line").contains("goes on there");
        assertThat(line(checkpoint)).isLessThan(20_000);

        Result result = publishing.run("identify", "--file", file, "--checkpoint", checkpoint.toString());

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.err()).contains("Going on after line").contains("With the earlier runs: 20,000 published");
        assertThat(publishing.take("identify"))
                .extracting(Publishing::body)
                .hasSize(20_000)
                .doesNotHaveDuplicates();

        assertThat(publishing
                        .run("identify", "--file", file, "--checkpoint", checkpoint.toString())
                        .exitCode())
                .isZero();
        assertThat(publishing.take("identify")).isEmpty();
    }

    @Test
    void repeatsLittleAfterAKillAndUnderTheSameIds() throws Exception {
        Path checkpoint = directory.resolve("checkpoint");
        String file = file("in.ndjson", users(1, 20_000));
        Process process = publishing.start(
                directory.resolve("output"), "identify", "--file", file, "--checkpoint", checkpoint.toString());
        await().atMost(Duration.ofSeconds(60)).until(() -> line(checkpoint) > 1000);

        process.destroyForcibly().waitFor();
        Result result = publishing.run("identify", "--file", file, "--checkpoint", checkpoint.toString());

        assertThat(result.exitCode()).as(result.err()).isZero();
        List<GetResponse> messages = publishing.take("identify");
        assertThat(messages).hasSizeBetween(20_000, 20_000 + Import.MOST_OPEN);
        Map<String, String> ids = new HashMap<>();
        for (GetResponse message : messages) {
            String id = message.getProps().getMessageId();
            assertThat(ids.getOrDefault(body(message), id)).isEqualTo(id);
            ids.put(body(message), id);
        }
        assertThat(ids).hasSize(20_000);
        assertThat(ids.values()).doesNotHaveDuplicates();
    }

    @Test
    void doesNotGoOnWithAnInputThatHasChanged() throws IOException {
        String checkpoint = directory.resolve("checkpoint").toString();
        // Long enough that its beginning, by which files are told from each other, stays as it is.
        String lines = users(1, 1000);
        assertThat(publishing
                        .run("identify", "--file", file("in.ndjson", lines), "--checkpoint", checkpoint)
                        .exitCode())
                .isZero();

        for (String changed : List.of(
                lines.replace("{\"userId\":\"u900\",\"attrs\":{\"n\":900}}\n", "") + users(1001, 1002),
                lines.replace("\"u1000\"", "\"other\""),
                users(1, 999))) {
            Result result =
                    publishing.run("identify", "--file", file("in.ndjson", changed), "--checkpoint", checkpoint);

            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.err()).contains("line 1,000 was done last, and is another one now");
        }
        Result more = publishing.run(
                "identify", "--file", file("in.ndjson", lines + users(1001, 1002)), "--checkpoint", checkpoint);
        assertThat(more.err()).contains("Published 2 of 2 messages");
    }

    @Test
    void stopsWhereNoQueueTakesAMessage() throws IOException {
        publishing.channel().queueDelete("cio.identify");

        Result result = publishing.run("identify", "--file", file("in.ndjson", users(1, 100)));

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("has no queue for 'identify'").doesNotContain("\tat ");
    }

    @Test
    void stopsWhereTheServiceHasNeverRun() throws IOException {
        publishing.channel().exchangeDelete("cio");

        Result result = publishing.run("identify", "--file", file("in.ndjson", users(1, 100)));

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("has no exchange 'cio'").doesNotContain("\tat ");
    }

    @Test
    void saysInOneSentenceThatTheBrokerIsAway() {
        Result result = Publishing.execute(
                "publish", "identify", "--body", "{\"userId\":\"1\"}", "--uri", "amqp://me:secret@127.0.0.1:1/x");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err())
                .contains("Cannot reach a broker at 127.0.0.1:1", "--uri amqp://user:password@host:5672/vhost")
                .doesNotContain("secret", "\tat ");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            identfy --body {}                                | 'identfy' is no command
            identify                                         | Missing required argument
            identify --file users.txt                        | Say it with --format
            identify --file no-such.csv                      | There is no file no-such.csv
            identify --body {} --file -                      | mutually exclusive
            identify --body {} --reply                       | nothing else is answered
            transactional --file x.ndjson --reply            | goes with one message
            identify --file x.csv --message-id 1             | --id-field
            identify --body {} --checkpoint c                | many messages
            identify --body {} --rate 0                      | 1 or more
            identify --jdbc jdbc:h2:mem:x --query SELECT_1 --checkpoint c | ORDER BY
            identify --body {} --uri http://x                | not valid
            identify --jdbc jdbc:h2:mem:x                    | --query
            """)
    void explainsWrongArguments(String arguments, String message) {
        Result result = Publishing.execute(("publish " + arguments).split(" "));

        assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
        assertThat(result.err()).contains(message).doesNotContain("\tat ");
    }

    private GetResponse only(String command) throws IOException {
        List<GetResponse> messages = publishing.take(command);
        assertThat(messages).hasSize(1);
        return messages.get(0);
    }

    private String file(String name, String content) {
        try {
            return Files.writeString(directory.resolve(name), content).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String users(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(i -> "{\"userId\":\"u" + i + "\",\"attrs\":{\"n\":" + i + "}}\n")
                .collect(Collectors.joining());
    }

    private static JsonNode json(String text) {
        try {
            return Rows.MAPPER.readTree(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long line(Path checkpoint) throws IOException {
        return Files.exists(checkpoint) && Files.size(checkpoint) > 0
                ? json(Files.readString(checkpoint)).path("line").asLong()
                : 0;
    }
}
