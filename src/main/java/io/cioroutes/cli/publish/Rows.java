package io.cioroutes.cli.publish;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.List;

/** Turns the rows of a table into bodies. */
final class Rows {
    /** Numbers arrive as they were written: 0.10 stays 0.10. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    /** One value of a row, by the number of its column from 0; null where there is none. */
    interface Values<E extends Exception> {
        JsonNode get(int column) throws E, Column.WrongTypeException;
    }

    private Rows() {}

    /** The body that a row says. */
    static <E extends Exception> Line line(long number, List<Column> columns, Values<E> values) throws E {
        ObjectNode body = MAPPER.createObjectNode();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            try {
                JsonNode value = values.get(i);
                if (value != null) {
                    column.set(body, value);
                }
            } catch (Column.WrongTypeException e) {
                return Line.broken(number, column.name(), e.getMessage());
            }
        }
        return Line.of(number, write(body));
    }

    private static byte[] write(ObjectNode body) {
        try {
            return MAPPER.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
