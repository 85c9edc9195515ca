package io.cioroutes.analytics;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table of the analytics store, from {@code analytics/<name>.json} in BigQuery's own schema format. BigQuery's tables
 * and the local ones are made from the same files.
 *
 * @param name the table's name
 * @param columns its columns, in order
 */
record TableSchema(String name, List<Column> columns) {
    static final String MESSAGE_EVENTS = "message_events";
    static final String SUBSCRIPTION_EVENTS = "subscription_events";
    static final String UNRECOGNIZED_EVENTS = "unrecognized_events";

    /** Every table by name. */
    static final Map<String, TableSchema> ALL = Stream.of(MESSAGE_EVENTS, SUBSCRIPTION_EVENTS, UNRECOGNIZED_EVENTS)
            .map(TableSchema::load)
            .collect(Collectors.toUnmodifiableMap(TableSchema::name, schema -> schema));

    /** Types of BigQuery that the tables use. */
    enum Type {
        STRING,
        INTEGER,
        BOOLEAN,
        TIMESTAMP,
        JSON,
        BYTES,
        RECORD
    }

    /** Modes of BigQuery. */
    enum Mode {
        REQUIRED,
        NULLABLE,
        REPEATED
    }

    /**
     * A column.
     *
     * @param name its name
     * @param type its type
     * @param mode whether it may be missing, or is a list
     * @param fields the fields of a {@link Type#RECORD}, otherwise null
     * @param description what it holds, for people
     */
    record Column(String name, Type type, Mode mode, List<Column> fields, String description) {}

    private static TableSchema load(String name) {
        String resource = "/analytics/" + name + ".json";
        try (InputStream json = TableSchema.class.getResourceAsStream(resource)) {
            return new TableSchema(name, new JsonMapper().readValue(json, new TypeReference<List<Column>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the table schema " + resource, e);
        }
    }
}
