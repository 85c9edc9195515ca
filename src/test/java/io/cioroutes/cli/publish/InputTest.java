package io.cioroutes.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cioroutes.cli.CliException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputTest {
    @TempDir
    Path directory;

    @Test
    void readsNdjsonLineByLineWithoutTouchingIt() throws IOException {
        List<Line> lines = ndjson("\uFEFF{\"userId\": \"ä\"}\r\n\n  \t\n{ \"userId\":2 }\nnot json\n{\"last\":true}");

        assertThat(lines).extracting(Line::number).containsExactly(1L, 4L, 5L, 6L);
        assertThat(lines)
                .extracting(line -> new String(line.body(), StandardCharsets.UTF_8))
                .containsExactly("{\"userId\": \"ä\"}", "{ \"userId\":2 }", "not json", "{\"last\":true}");
    }

    @Test
    void refusesALineThatDoesNotEndAndReadsOn() throws IOException {
        Path file = directory.resolve("long.ndjson");
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] megabyte = "x".repeat(1024 * 1024).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 33; i++) {
                out.write(megabyte);
            }
            out.write("\n{\"userId\":\"1\"}\n".getBytes(StandardCharsets.US_ASCII));
        }

        List<Line> lines = all(new NdjsonInput(Bytes.of(file)));

        assertThat(lines.get(0).problem().message()).contains("longer than");
        assertThat(lines.get(1).body()).asString().isEqualTo("{\"userId\":\"1\"}");
    }

    @Test
    void readsCsvByItsHeader() throws IOException {
        List<Line> lines = csv(
                """
                userId,attrs.name,attrs.age,attrs.note
                1,"Doe, Jane",42,"two
                lines"

                2,"say ""hi""\",,
                3,Zoë
                """);

        assertThat(lines).extracting(Line::number).containsExactly(2L, 5L, 6L);
        assertThat(lines.get(0).body())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"userId\":\"1\",\"attrs\":{\"name\":\"Doe, Jane\",\"age\":42,\"note\":\"two\\nlines\"}}");
        assertThat(lines.get(1).body())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"userId\":\"2\",\"attrs\":{\"name\":\"say \\\"hi\\\"\"}}");
        assertThat(lines.get(2).problem().message()).isEqualTo("has 2 values, the header has 4");
    }

    @Test
    void readsCsvWithAByteOrderMarkAndOtherSeparators() throws IOException {
        assertThat(csv("\uFEFFuserId;attrs.x\n1;2,5\n").get(0).body())
                .asString()
                .isEqualTo("{\"userId\":\"1\",\"attrs\":{\"x\":\"2,5\"}}");
        assertThat(csv("userId\tattrs.x\n1\t2\n").get(0).body())
                .asString()
                .isEqualTo("{\"userId\":\"1\",\"attrs\":{\"x\":2}}");
    }

    @Test
    void namesTheColumnOfAWrongValue() throws IOException {
        Line line = csv("userId,attrs.age:number\n1,old\n").get(0);

        assertThat(line.problem()).hasToString("attrs.age: is not a number");
    }

    @Test
    void saysThatACsvIsEmptyOrNotUtf8() {
        assertThatThrownBy(() -> csv("")).isInstanceOf(CliException.class).hasMessageContaining("CSV is empty");
        Path file = directory.resolve("latin.csv");
        assertThatThrownBy(() -> all(new CsvInput(
                        Bytes.of(Files.writeString(file, "userId,attrs.x\n1,ü\n", Charset.forName("ISO-8859-1"))))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void stopsAtAQuoteThatIsNeverClosed() throws IOException {
        Path file = directory.resolve("quote.csv");
        try (var out = Files.newBufferedWriter(file)) {
            out.write("userId,attrs.x\n1,\"oops\n");
            for (int i = 0; i < 2_000_000; i++) {
                out.write("2222222,3333333333\n");
            }
        }

        assertThatThrownBy(() -> all(new CsvInput(Bytes.of(file))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("quote");
    }

    @Test
    void readsRowsWithTheTypesOfTheDatabase() throws Exception {
        String url = "jdbc:h2:mem:users";
        try (Connection keep = DriverManager.getConnection(url);
                Statement statement = keep.createStatement()) {
            statement.execute("CREATE TABLE users(id INT, name VARCHAR, score NUMERIC(8,2), active BOOLEAN,"
                    + " joined TIMESTAMP, seen TIMESTAMP WITH TIME ZONE, born DATE, zip VARCHAR, note VARCHAR)");
            statement.execute("INSERT INTO users VALUES(7, 'Zoë', 1.50, TRUE, '2024-01-01 00:00:00',"
                    + " '2024-01-01 02:00:00+02', '1970-01-02', '0049', NULL)");

            List<Line> lines = all(new SqlInput(
                    url,
                    "SELECT id AS \"userId\", name AS \"attrs.name\", score AS \"attrs.score\","
                            + " active AS \"attrs.active\", joined AS \"attrs.joined\", seen AS \"attrs.seen\","
                            + " born AS \"attrs.born\", zip AS \"attrs.zip\", note AS \"attrs.note\","
                            + " id AS \"attrs.code:text\" FROM users"));

            assertThat(lines).hasSize(1);
            assertThat(lines.get(0).body())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("{\"userId\":7,\"attrs\":{\"name\":\"Zoë\",\"score\":1.50,\"active\":true,"
                            + "\"joined\":1704067200,\"seen\":1704067200,\"born\":86400,\"zip\":\"0049\","
                            + "\"code\":\"7\"}}");
        }
    }

    @Test
    void knowsHowManyRowsAQueryHasWhereTheDatabaseCanTell() throws Exception {
        String url = "jdbc:h2:mem:counted";
        String query = "SELECT x AS \"userId\" FROM system_range(1, 7) ORDER BY x";
        try (Connection keep = DriverManager.getConnection(url);
                Input rows = new SqlInput(url, query + " ; -- all");
                Input more = new SqlInput(url, query + ";")) {
            assertThat(keep.isClosed()).isFalse();
            assertThat(more.size()).isEqualTo(7);
            assertThat(rows.size()).isEqualTo(-1);
            assertThat(rows.next()).isNotNull();
        }
    }

    @Test
    void explainsWhatIsWrongWithADatabase() {
        assertThatThrownBy(() -> new SqlInput("jdbc:h2:mem:none", "SELECT * FROM nothing"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("The query failed")
                .hasMessageContaining("NOTHING");
        assertThatThrownBy(() -> new SqlInput("jdbc:nosuch:db?password=geheim", "SELECT 1"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("Cannot open the database")
                .hasMessageNotContaining("geheim");
    }

    private List<Line> ndjson(String content) throws IOException {
        return all(new NdjsonInput(Bytes.of(Files.writeString(directory.resolve("in.ndjson"), content))));
    }

    private List<Line> csv(String content) throws IOException {
        return all(new CsvInput(Bytes.of(Files.writeString(directory.resolve("in.csv"), content))));
    }

    private static List<Line> all(Input input) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (input) {
            for (Line line = input.next(); line != null; line = input.next()) {
                lines.add(line);
            }
            assertThat(input.position()).isEqualTo(input.size() < 0 ? lines.size() : input.size());
        }
        return lines;
    }
}
