package io.cioroutes.analytics;

import io.cioroutes.analytics.TableSchema.Column;
import io.cioroutes.analytics.TableSchema.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** DuckDB's statements for BigQuery's table schemas and views. */
final class LocalSql {
    /** The views, in an order in which each finds those it reads. */
    static final List<String> VIEWS = List.of(
            "message_events_unique", "subscription_events_unique", "subscription_state", "campaign_results_daily");

    private LocalSql() {}

    /** Creates what does not exist yet, and replaces the views. */
    static List<String> setUp() {
        List<String> statements = new ArrayList<>();
        for (TableSchema schema : TableSchema.ALL.values()) {
            statements.add("create table if not exists " + schema.name() + " ("
                    + schema.columns().stream().map(LocalSql::definition).collect(Collectors.joining(", "))
                    + ", primary key (event_id))");
        }
        for (String view : VIEWS) {
            statements.add("create or replace view " + view + " as " + view(view, "main"));
        }
        return statements;
    }

    /**
     * The query of a view.
     *
     * @param dataset what stands before the tables' names
     */
    static String view(String name, String dataset) {
        String resource = "/analytics/views/" + name + ".sql";
        try (InputStream sql = LocalSql.class.getResourceAsStream(resource)) {
            return new String(sql.readAllBytes(), StandardCharsets.UTF_8).replace("${dataset}", dataset);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the view " + resource, e);
        }
    }

    /** Inserts the rows of one JSON array, its only parameter, where their event ids are new. */
    static String insert(TableSchema schema) {
        String structure = schema.columns().stream()
                .map(column -> "\"" + column.name() + "\":" + jsonType(column))
                .collect(Collectors.joining(",", "[{", "}]"));
        return "insert into " + schema.name() + " select "
                + schema.columns().stream().map(LocalSql::fromJson).collect(Collectors.joining(", "))
                + " from (select unnest(from_json(cast(? as json), '" + structure + "')) as r) on conflict do nothing";
    }

    private static String definition(Column column) {
        return column.name() + " " + type(column) + (column.mode() == Mode.REQUIRED ? " not null" : "");
    }

    private static String type(Column column) {
        String type =
                switch (column.type()) {
                    case STRING -> "varchar";
                    case INTEGER -> "bigint";
                    case BOOLEAN -> "boolean";
                    case TIMESTAMP -> "timestamp"; // in UTC, as all of BigQuery's
                    case JSON -> "json";
                    case BYTES -> "blob";
                    case RECORD ->
                        column.fields().stream()
                                .map(field -> field.name() + " " + type(field))
                                .collect(Collectors.joining(", ", "struct(", ")"));
                };
        return column.mode() == Mode.REPEATED ? type + "[]" : type;
    }

    /** How the value stands in the JSON of a row, in the terms of {@code from_json}. */
    private static String jsonType(Column column) {
        String type =
                switch (column.type()) {
                    case INTEGER -> "\"BIGINT\"";
                    case BOOLEAN -> "\"BOOLEAN\"";
                    case STRING, TIMESTAMP, JSON, BYTES -> "\"VARCHAR\"";
                    case RECORD ->
                        column.fields().stream()
                                .map(field -> "\"" + field.name() + "\":" + jsonType(field))
                                .collect(Collectors.joining(",", "{", "}"));
                };
        return column.mode() == Mode.REPEATED ? "[" + type + "]" : type;
    }

    private static String fromJson(Column column) {
        String value = "r." + column.name();
        return switch (column.type()) {
            case TIMESTAMP -> "cast(" + value + " as timestamp)";
            case JSON -> "cast(" + value + " as json)";
            case BYTES -> "from_base64(" + value + ")";
            default -> value;
        };
    }
}
