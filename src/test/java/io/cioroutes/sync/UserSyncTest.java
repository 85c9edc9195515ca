package io.cioroutes.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.broker.TestBroker;
import io.cioroutes.sandbox.SandboxServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The sync of users on a real PostgreSQL, with the example's schema. */
@CamelSpringBootTest
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "cio.roles=commands",
            "cio.sandbox.port=0",
            "cio.user-sync.enabled=true",
            "cio.user-sync.interval=100ms",
            "cio.user-sync.page=7",
            "cio.user-sync.lag=0s"
        })
@DirtiesContext
class UserSyncTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String SERVER = "jdbc:postgresql://localhost:5432/";
    private static final String NAME = "cio_sync_" + ProcessHandle.current().pid();

    private static boolean created;

    @Autowired
    private SandboxServer sandbox;

    @Autowired
    private CamelContext camel;

    @BeforeAll
    static void create() throws Exception {
        try (Connection server = connect("postgres")) {
            execute(server, "create database " + NAME);
        } catch (SQLException e) {
            Assumptions.abort("SKIPPED: this test needs PostgreSQL on localhost:5432 (" + e.getMessage() + ")");
        }
        created = true;
        try (Connection database = connect(NAME)) {
            execute(database, Files.readString(Path.of("examples/sync/users.sql")));
        }
    }

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        TestBroker.get().springProperties().forEach((name, value) -> registry.add(name, () -> value));
        registry.add("cio.user-sync.jdbc.url", () -> SERVER + NAME);
        registry.add("cio.user-sync.jdbc.username", () -> "postgres");
    }

    @AfterAll
    static void drop() throws SQLException {
        if (!created) {
            return;
        }
        try (Connection server = connect("postgres")) {
            execute(server, "drop database if exists " + NAME + " with (force)");
        }
    }

    @Test
    void everyChangeOfAUserArrivesOverPagesEqualTimesAndRestarts() throws Exception {
        try (Connection database = connect(NAME)) {
            // One statement, one time: pages end in the middle of equal times.
            execute(
                    database,
                    "insert into users (id, email, plan, updated_at) select n, 'u' || n || '@example.com', 'free',"
                            + " timestamptz '2026-01-31 08:00:00.123456+00' from generate_series(1, 40) n");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(people()).hasSize(40));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(watermark(database)).isEqualTo("40"));

            camel.getRouteController().stopRoute("user-sync");
            long before = sandbox.stats().operations();
            execute(database, "update users set plan = 'pro' where id = 3");
            execute(database, "update users set deleted_at = now() where id = 4");
            execute(database, "update users set marketing = false, transactional = false where id = 5");
            execute(database, "insert into users (id, email) values (41, 'not an address'), (42, 'u42@example.com')");
            camel.getRouteController().startRoute("user-sync");

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(requests())
                        .contains("\"plan\":\"pro\"")
                        .contains("\"delete\"")
                        .contains("u42@example.com");
                assertThat(sandbox.requests().stream()
                                .filter(request -> request.body().contains("\"suppress\"")))
                        .hasSizeGreaterThanOrEqualTo(1);
            });
            // Each change once: 3 and 42 updated, 4 suppressed and deleted, 5 suppressed; 41 is a dead letter.
            await().atMost(PATIENCE).until(() -> sandbox.stats().operations() - before >= 5);
            assertThat(sandbox.stats().operations() - before).isEqualTo(5);
            try (com.rabbitmq.client.Connection broker = TestBroker.get().connect();
                    var channel = broker.createChannel()) {
                await().atMost(PATIENCE)
                        .until(() -> channel.queueDeclarePassive("cio.user.dlq").getMessageCount() == 1);
                channel.queuePurge("cio.user.dlq");
            }
        }
    }

    private List<String> people() {
        return requests()
                .lines()
                .flatMap(line -> java.util.regex.Pattern.compile("u\\d+@example.com")
                        .matcher(line)
                        .results())
                .map(java.util.regex.MatchResult::group)
                .distinct()
                .toList();
    }

    private String requests() {
        return sandbox.requests().stream().map(request -> request.body()).collect(Collectors.joining("\n"));
    }

    private static String watermark(Connection database) throws SQLException {
        try (Statement statement = database.createStatement();
                var row = statement.executeQuery("select id from cio_sync")) {
            row.next();
            return row.getString(1);
        }
    }

    private static Connection connect(String name) throws SQLException {
        return DriverManager.getConnection(SERVER + name, "postgres", "");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
