package io.cioroutes.cli.publish;

import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.cli.CliException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The rows of a query; the names of its columns say what they fill, as a CSV header does. Values have the database's
 * types: dates and times become unix seconds (without a time zone: UTC), JSON and arrays stay what they are, NULL is
 * left out.
 */
final class SqlInput implements Input {
    /** Rows that the driver holds at a time. */
    private static final int FETCH = 1000;

    private static final Set<String> JSON_TYPES = Set.of("json", "jsonb");

    private final String query;
    private final Connection connection;
    private final ResultSet rows;
    private final List<Column> columns;
    private final List<Integer> types = new ArrayList<>();
    private final List<String> typeNames = new ArrayList<>();
    private final long size;
    private long number;

    SqlInput(String url, String query) {
        this.query = query.strip().replaceFirst(";$", "");
        this.connection = connect(url);
        try {
            // PostgreSQL's driver streams only inside a transaction, and otherwise reads all rows into memory.
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            this.size = count();
            Statement statement = connection.createStatement();
            statement.setFetchSize(FETCH);
            this.rows = statement.executeQuery(query);
            ResultSetMetaData head = rows.getMetaData();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= head.getColumnCount(); i++) {
                names.add(head.getColumnLabel(i));
                types.add(head.getColumnType(i));
                typeNames.add(head.getColumnTypeName(i));
            }
            this.columns = Column.all(names);
        } catch (SQLException e) {
            close();
            throw CliException.usage("The query failed: " + CliException.text(e), e);
        } catch (CliException e) {
            close();
            throw e;
        }
    }

    private static Connection connect(String url) {
        try {
            return DriverManager.getConnection(url);
        } catch (SQLException e) {
            throw CliException.usage(
                    // A driver may repeat the URL, with the password in it.
                    "Cannot open the database: " + CliException.text(e).replace(url, url.replaceFirst("[?;].*", ""))
                            + " (--jdbc jdbc:postgresql://host:5432/database?user=…&password=…)",
                    e);
        }
    }

    /** The number of rows, for the time that is left; where the database cannot tell, it works without. */
    private long count() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM (" + query + "\n) counted")) {
            return count.next() ? count.getLong(1) : -1;
        } catch (SQLException e) {
            connection.rollback();
            return -1;
        }
    }

    @Override
    public Line next() throws IOException {
        try {
            if (!rows.next()) {
                return null;
            }
            number++;
            return Rows.line(number, columns, this::value);
        } catch (SQLException e) {
            throw new IOException("the query failed after row " + number + ": " + CliException.text(e), e);
        }
    }

    private JsonNode value(int column) throws SQLException, Column.WrongTypeException {
        int index = column + 1;
        Column target = columns.get(column);
        if (target.type() != Column.Type.AUTO) {
            return target.value(rows.getString(index));
        }
        Object value = rows.getObject(index);
        if (value == null) {
            return null;
        }
        return switch (types.get(column)) {
            case Types.DATE -> seconds(rows.getObject(index, LocalDate.class).atStartOfDay());
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE ->
                isZoned(column)
                        ? seconds(rows.getObject(index, OffsetDateTime.class).toEpochSecond())
                        : seconds(rows.getObject(index, LocalDateTime.class));
            case Types.ARRAY -> Rows.MAPPER.valueToTree(((Array) value).getArray());
            default -> plain(column, value);
        };
    }

    private JsonNode plain(int column, Object value) throws Column.WrongTypeException {
        if (value instanceof BigDecimal number) {
            return Column.number(number);
        }
        if (value instanceof Number || value instanceof Boolean) {
            return Rows.MAPPER.valueToTree(value);
        }
        String text = value.toString();
        return JSON_TYPES.contains(typeNames.get(column)) ? Column.json(text) : Rows.MAPPER.valueToTree(text);
    }

    /** PostgreSQL's driver gives both of its timestamps the same JDBC type. */
    private boolean isZoned(int column) {
        return types.get(column) == Types.TIMESTAMP_WITH_TIMEZONE
                || typeNames.get(column).equals("timestamptz");
    }

    private static JsonNode seconds(LocalDateTime time) {
        return seconds(time.toEpochSecond(ZoneOffset.UTC));
    }

    private static JsonNode seconds(long seconds) {
        return Rows.MAPPER.valueToTree(seconds);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long position() {
        return number;
    }

    @Override
    public String fingerprint() {
        return Bytes.digest(query.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw CliException.usage("The database connection does not close: " + CliException.text(e), e);
        }
    }
}
