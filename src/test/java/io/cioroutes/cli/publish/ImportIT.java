package io.cioroutes.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cioroutes.broker.TestBroker;
import io.cioroutes.cli.publish.Publishing.Result;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large imports in a process with 48 MB of heap, stopped at a third of the way and taken up again. */
class ImportIT {
    private static final int LINES = 100_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String POSTGRES = System.getenv()
            .getOrDefault("POSTGRES_TEST_URL", "jdbc:postgresql://localhost:5432/postgres?user=postgres");
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path directory;

    private Publishing publishing;

    @BeforeEach
    void connect() throws IOException {
        TestBroker.realOnly();
        publishing = new Publishing().declare();
    }

    @AfterEach
    void disconnect() throws IOException {
        if (publishing != null) {
            publishing.close();
        }
    }

    @Test
    void eachLineOfACsvOnce() throws Exception {
        Path file = directory.resolve("users.csv");
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            out.println("userId,attrs.email,attrs.n,attrs.note");
            for (int n = 1; n <= LINES; n++) {
                out.println("u" + n + ",u" + n + "@example.com," + n + ",\"two" + System.lineSeparator() + "lines\"");
            }
        }

        eachOnce("--file", file.toString());
    }

    @Test
    void eachRowOfPostgresqlOnce() throws Exception {
        String table = "cio_test_" + UUID.randomUUID().toString().substring(0, 8);
        try (Connection database = database();
                Statement statement = database.createStatement()) {
            statement.execute(
                    "CREATE TABLE " + table + " AS SELECT n, 'u' || n || '@example.com' AS email, now() AS joined"
                            + " FROM generate_series(1, " + LINES + ") n");
            try {
                eachOnce(
                        "--jdbc",
                        POSTGRES,
                        "--query",
                        "SELECT 'u' || n AS \"userId\", email AS \"attrs.email\", joined AS \"attrs.joined\","
                                + " n AS \"attrs.n\" FROM " + table + " t ORDER BY t.n");
            } finally {
                statement.execute("DROP TABLE " + table);
            }
        }
    }

    private static Connection database() {
        try {
            return DriverManager.getConnection(POSTGRES);
        } catch (SQLException e) {
            System.out.println("SKIPPED: this test needs PostgreSQL on localhost:5432, or POSTGRES_TEST_URL");
            return Assumptions.abort(e.getMessage());
        }
    }

    private void eachOnce(String... source) throws Exception {
        BitSet arrived = new BitSet(LINES + 1);
        AtomicInteger all = new AtomicInteger();
        publishing
                .channel()
                .basicConsume(
                        "cio.identify",
                        true,
                        (tag, message) -> {
                            arrived.set(JSON.readTree(message.getBody())
                                    .at("/attrs/n")
                                    .intValue());
                            all.incrementAndGet();
                        },
                        tag -> {});
        Path checkpoint = directory.resolve("checkpoint");
        String[] arguments = Stream.concat(
                        Stream.of("identify", "--checkpoint", checkpoint.toString()), Stream.of(source))
                .toArray(String[]::new);

        Path output = directory.resolve("output");
        Process first = publishing.start(output, arguments);
        await().atMost(PATIENCE).until(() -> published(checkpoint) > LINES / 3);
        first.destroy();
        assertThat(first.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        int before = published(checkpoint);
        assertThat(before).as(Files.readString(output)).isBetween(LINES / 3, LINES - 1);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(all).hasValue(before));

        Result second = publishing.run(arguments);
        assertThat(second.exitCode()).as(second.err()).isZero();
        assertThat(second.err()).contains("With the earlier runs: 100,000 published, 0 refused");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(all).hasValue(LINES));
        assertThat(arrived.nextClearBit(1)).as("the first that is missing").isEqualTo(LINES + 1);
    }

    private static int published(Path checkpoint) throws IOException {
        List<String> lines =
                Files.exists(checkpoint) ? Files.readAllLines(checkpoint, StandardCharsets.UTF_8) : List.of();
        return lines.isEmpty()
                ? 0
                : JSON.readTree(lines.get(0)).path("published").intValue();
    }
}
