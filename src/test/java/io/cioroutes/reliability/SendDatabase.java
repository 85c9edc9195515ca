package io.cioroutes.reliability;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

/**
 * A database of its own for the store of sends: on the PostgreSQL of this machine, or of {@code POSTGRES_TEST_URL}, where
 * there is one, else an H2 file.
 */
final class SendDatabase implements AutoCloseable {

    private static final String POSTGRES = System.getenv()
            .getOrDefault("POSTGRES_TEST_URL", "jdbc:postgresql://localhost:5432/postgres?user=postgres");

    private final String name = "cio_test_" + UUID.randomUUID().toString().substring(0, 8);
    private final boolean postgres;
    private final String url;

    SendDatabase() {
        postgres = onServer("create database " + name);
        url = postgres
                ? POSTGRES.replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1")
                : "jdbc:h2:file:" + Path.of("target", "reliability", name).toAbsolutePath();
        System.out.println("[send store] " + (postgres ? "PostgreSQL, database " + name : url));
    }

    /** What the service is to be told. */
    Map<String, String> settings() {
        return Map.of("cio.sends.store", "jdbc", "cio.sends.jdbc.url", url);
    }

    /** Ends every session, as a failover does; without a server there is none. */
    void closeSessions() {
        if (postgres) {
            onServer("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
        }
    }

    private static boolean onServer(String sql) {
        Properties timeouts = new Properties();
        timeouts.put("connectTimeout", "3");
        try (Connection connection = DriverManager.getConnection(POSTGRES, timeouts);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return true;
        } catch (SQLException e) {
            System.out.println("[send store] " + e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        if (postgres) {
            onServer("drop database " + name + " with (force)");
        }
    }
}
