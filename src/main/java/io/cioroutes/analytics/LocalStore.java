package io.cioroutes.analytics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.duckdb.DuckDBConnection;

/**
 * The analytics store of the local profile: DuckDB in a file, with BigQuery's tables and views. Only this process can
 * open the file, so users query through {@link #query}.
 */
final class LocalStore implements EventSource, AutoCloseable {
    /** DuckDB's error classes that a row's content causes; all others (disk, memory, locks) concern the database. */
    private static final Pattern ROW_AT_FAULT =
            Pattern.compile("^(Conversion|Invalid Input|Constraint|Out of Range) Error", Pattern.CASE_INSENSITIVE);

    private static final JsonMapper JSON = new JsonMapper();

    private final DuckDBConnection connection;
    private final AnalyticsProperties.Query limits;

    private LocalStore(DuckDBConnection connection, AnalyticsProperties.Query limits) {
        this.connection = connection;
        this.limits = limits;
    }

    /**
     * Opens or creates the database with its tables and views.
     *
     * @param file the database file
     * @param properties memory, threads and query limits
     * @throws IllegalStateException if the file cannot be opened, for example because another instance has it open
     */
    static LocalStore open(Path file, AnalyticsProperties properties) {
        Properties options = new Properties();
        options.setProperty("memory_limit", properties.local().memory().toMegabytes() + "MiB");
        options.setProperty("threads", String.valueOf(properties.local().threads()));
        // A query reads tables, and no files, addresses or extensions.
        options.setProperty("enable_external_access", "false");
        options.setProperty("autoinstall_known_extensions", "false");
        options.setProperty("autoload_known_extensions", "false");
        options.setProperty("lock_configuration", "true");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            DuckDBConnection connection =
                    (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + file, options);
            try (Statement statement = connection.createStatement()) {
                for (String sql : LocalSql.setUp()) {
                    statement.execute(sql);
                }
            }
            return new LocalStore(connection, properties.query());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create the folder of the local analytics database " + file, e);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "Cannot open the local analytics database " + file
                            + ". Is another instance running in this folder? Stop it, or set cio.local.directory."
                            + " If the file is from another version of this service, delete it.",
                    e);
        }
    }

    /**
     * Inserts rows of one table; those whose event id is there already are left as they are.
     *
     * @return the rows that the database cannot hold, with its reason; all others are stored
     * @throws SQLException if the database does not work
     */
    synchronized Map<PendingRow, String> insert(List<PendingRow> rows) throws SQLException {
        try {
            insertAll(rows);
            return Map.of();
        } catch (SQLException e) {
            if (!ROW_AT_FAULT.matcher(String.valueOf(e.getMessage())).find()) {
                throw e;
            }
            if (rows.size() == 1) {
                return Map.of(rows.get(0), e.getMessage());
            }
            int half = rows.size() / 2;
            Map<PendingRow, String> rejected = new LinkedHashMap<>(insert(rows.subList(0, half)));
            rejected.putAll(insert(rows.subList(half, rows.size())));
            return rejected;
        }
    }

    private void insertAll(List<PendingRow> rows) throws SQLException {
        // One statement with all rows in a JSON array: 80 times as fast as a JDBC batch of rows.
        try (PreparedStatement insert =
                connection.prepareStatement(LocalSql.insert(rows.get(0).schema()))) {
            insert.setString(
                    1,
                    JSON.writeValueAsString(
                            rows.stream().map(PendingRow::values).toList()));
            insert.executeUpdate();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A row cannot be written as JSON", e);
        }
    }

    /**
     * Answers a user's query. It reads and nothing else: DuckDB's own parser must find exactly one {@code SELECT}, and
     * runs it in a read-only transaction.
     *
     * @param sql the query
     * @throws SQLException if it is no single query, is wrong, or takes too long; the message is for the user
     */
    QueryResult query(String sql) throws SQLException {
        long begin = System.nanoTime();
        try (Connection reader = connection.duplicate();
                Statement statement = reader.createStatement()) {
            checkIsOneQuery(reader, sql);
            statement.execute("begin transaction read only");
            statement.setQueryTimeout(Math.toIntExact(limits.timeout().toSeconds()));
            try (ResultSet result = statement.executeQuery(sql)) {
                return QueryResult.read(
                        result, limits.maxRows(), () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            }
        }
    }

    private static void checkIsOneQuery(Connection reader, String sql) throws SQLException {
        try (PreparedStatement parser = reader.prepareStatement("select json_serialize_sql(cast(? as varchar))")) {
            parser.setString(1, sql);
            try (ResultSet result = parser.executeQuery()) {
                result.next();
                JsonNode parsed = JSON.readTree(result.getString(1));
                if (parsed.path("error").asBoolean()) {
                    throw new SQLException(parsed.path("error_message")
                            .asText()
                            .replace(" can be serialized to json!", " are allowed"));
                }
                if (parsed.path("statements").size() != 1) {
                    throw new SQLException("Exactly one query is needed");
                }
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("DuckDB's parser did not answer in JSON", e);
            }
        }
    }

    @Override
    public void read(EventSelection selection, EventSource.Reader reader) throws Exception {
        try (Connection source = connection.duplicate();
                PreparedStatement statement =
                        source.prepareStatement(selection.sql("main", "cast(payload as varchar)"))) {
            int position = 1;
            for (Object parameter : selection.parameters()) {
                // DuckDB's timestamps have no zone; the tables hold UTC.
                statement.setObject(
                        position++,
                        parameter instanceof Instant time ? LocalDateTime.ofInstant(time, ZoneOffset.UTC) : parameter);
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    reader.accept(StoredEvent.of(
                            result.getString("event_id"),
                            result.getObject("received_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                            result.getString("body"),
                            result.getString("raw")));
                }
            }
        }
    }

    @Override
    public synchronized void close() throws SQLException {
        connection.close();
    }
}
