package io.cioroutes.analytics;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryError;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.InsertAllRequest;
import com.google.cloud.bigquery.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a batch apart that BigQuery did not take as a whole: one bad row refuses all of its request, and the component
 * says so without telling which. Each row is inserted under its event id, so inserting one again is harmless.
 *
 * <p>What has another cause (BigQuery is down, a quota is used up, access or the table is missing) is thrown on: no row
 * is at fault, and all of them wait.
 */
final class BigQueryIsolation implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(BigQueryIsolation.class);

    private static final int BAD_REQUEST = 400;
    private static final int TOO_LARGE = 413;

    /** Reasons of BigQuery's that say nothing about the row: the same row may be taken the next time. */
    private static final Set<String> NOT_THE_ROW =
            Set.of("stopped", "timeout", "backendError", "internalError", "rateLimitExceeded", "quotaExceeded");

    private final BigQuery bigQuery;
    private final BigQueryProperties properties;
    private final RejectedRows rejectedRows;

    BigQueryIsolation(BigQuery bigQuery, BigQueryProperties properties, RejectedRows rejectedRows) {
        this.bigQuery = bigQuery;
        this.properties = properties;
        this.rejectedRows = rejectedRows;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        // The component reports refused rows as a plain Exception.
        boolean rowsRefused = cause.getClass() == Exception.class;
        if (!rowsRefused && !(cause instanceof BigQueryException e && aRowMayBeAtFault(e))) {
            throw cause;
        }
        RowBatch batch = RowBatch.of(exchange);
        LOG.info(
                "BigQuery refused {} rows for table {}: looking for those at fault",
                batch.rows().size(),
                batch.getTable());
        Search search = new Search();
        search.insert(batch.rows());
        rejectedRows.deadLetter(search.rejected());
    }

    private static boolean aRowMayBeAtFault(BigQueryException e) {
        return e.getCode() == BAD_REQUEST || e.getCode() == TOO_LARGE;
    }

    /** One search for bad rows: inserts the good ones on its way. */
    private final class Search {
        private final Map<PendingRow, String> invalid = new LinkedHashMap<>();
        private final Map<PendingRow, BigQueryException> suspects = new LinkedHashMap<>();
        private boolean accepted;

        /**
         * The bad rows with BigQuery's reason. A row whose request was refused is bad only when another's was not:
         * otherwise the fault is in the settings.
         */
        Map<PendingRow, String> rejected() {
            for (BigQueryException e : suspects.values()) {
                if (!accepted && e.getCode() == BAD_REQUEST) {
                    throw e;
                }
            }
            Map<PendingRow, String> rejected = new LinkedHashMap<>(invalid);
            suspects.forEach((row, e) -> rejected.put(row, e.getCode() + ": " + e.getMessage()));
            return rejected;
        }

        void insert(List<PendingRow> rows) {
            try {
                insertAll(rows);
            } catch (BigQueryException e) {
                if (!aRowMayBeAtFault(e)) {
                    throw e;
                }
                if (rows.size() == 1) {
                    suspects.put(rows.get(0), e);
                    return;
                }
                int half = rows.size() / 2;
                insert(rows.subList(0, half));
                insert(rows.subList(half, rows.size()));
            }
        }

        private void insertAll(List<PendingRow> rows) {
            InsertAllRequest.Builder request = InsertAllRequest.newBuilder(TableId.of(
                            properties.project(),
                            properties.dataset(),
                            rows.get(0).table()))
                    .setSkipInvalidRows(true);
            rows.forEach(row -> request.addRow((String) row.values().get("event_id"), row.values()));
            Map<Long, List<BigQueryError>> errors =
                    bigQuery.insertAll(request.build()).getInsertErrors();
            accepted = true;

            List<PendingRow> again = new ArrayList<>();
            errors.forEach((index, reasons) -> {
                PendingRow row = rows.get(index.intValue());
                if (reasons.stream().allMatch(error -> NOT_THE_ROW.contains(error.getReason()))) {
                    again.add(row);
                } else {
                    invalid.put(row, words(reasons));
                }
            });
            if (again.size() == rows.size()) {
                throw new BigQueryException(
                        503, "BigQuery took none of " + rows.size() + " rows for now: " + words(errors.get(0L)));
            }
            if (!again.isEmpty()) {
                insertAll(again);
            }
        }

        private static String words(List<BigQueryError> errors) {
            return errors.stream()
                    .map(error -> Objects.toString(error.getReason(), "")
                            + ": "
                            + Objects.toString(error.getLocation(), "")
                            + ": "
                            + Objects.toString(error.getMessage(), ""))
                    .collect(Collectors.joining("; "));
        }
    }
}
