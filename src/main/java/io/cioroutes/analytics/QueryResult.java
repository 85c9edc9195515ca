package io.cioroutes.analytics;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The answer to a query.
 *
 * @param columns the columns' names
 * @param rows the values, row by row: numbers and booleans as such, everything else as text
 * @param truncated whether there were more rows
 * @param millis how long it took
 */
record QueryResult(List<String> columns, List<List<Object>> rows, boolean truncated, long millis) {
    static QueryResult read(ResultSet result, int maxRows, LongSupplier millis) throws SQLException {
        ResultSetMetaData meta = result.getMetaData();
        List<String> columns = new ArrayList<>();
        for (int column = 1; column <= meta.getColumnCount(); column++) {
            columns.add(meta.getColumnLabel(column));
        }
        List<List<Object>> rows = new ArrayList<>();
        boolean more = result.next();
        while (more && rows.size() < maxRows) {
            List<Object> row = new ArrayList<>();
            for (int column = 1; column <= columns.size(); column++) {
                Object value = result.getObject(column);
                row.add(value instanceof Number || value instanceof Boolean ? value : result.getString(column));
            }
            rows.add(row);
            more = result.next();
        }
        return new QueryResult(columns, rows, more, millis.getAsLong());
    }

    /** The answer as comma-separated values with a header line (RFC 4180). */
    String csv() {
        StringBuilder csv = new StringBuilder();
        line(csv, columns);
        rows.forEach(row -> line(csv, row));
        return csv.toString();
    }

    private static void line(StringBuilder csv, List<?> values) {
        for (int i = 0; i < values.size(); i++) {
            csv.append(i == 0 ? "" : ",").append(field(values.get(i)));
        }
        csv.append("\r\n");
    }

    private static String field(Object value) {
        if (value == null) {
            return "";
        }
        String text = value.toString();
        return text.matches("(?s).*[\",\r\n].*") ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
    }
}
