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

    /** So many rows refused one by one, and none taken: it is not the rows. */
    private static final int ENOUGH_SUSPECTS = 10;

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
        RowBatch batch = RowBatch.of(exchange);
        // The component reports refused rows as a plain Exception.
        boolean rowsRefused = cause.getClass() == Exception.class;
        if (!rowsRefused && !(cause instanceof BigQueryException e && aRowMayBeAtFault(e))) {
            LOG.warn("BigQuery takes no rows for table {} now, they wait: {}", batch.getTable(), cause.getMessage());
            throw cause;
        }
        LOG.info(
                "BigQuery refused {} rows for table {}: looking for those at fault",
                batch.rows().size(),
                batch.getTable());
        Map<PendingRow, String> rejected = insertWithoutBadRows(batch.rows());
        rejectedRows.deadLetter(rejected);
        batch.rejected(rejected.size());
    }

    /** Inserts the good rows of one table and returns the bad ones with BigQuery's reason. */
    Map<PendingRow, String> insertWithoutBadRows(List<PendingRow> rows) {
        return new Search().run(rows);
    }

    private static boolean aRowMayBeAtFault(BigQueryException e) {
        return e.getCode() == BAD_REQUEST || e.getCode() == TOO_LARGE;
    }

    /** One search for bad rows: inserts the good ones on its way. */
    private final class Search {
        private final Map<PendingRow, String> rejected = new LinkedHashMap<>();
        private final Map<PendingRow, BigQueryException> suspects = new LinkedHashMap<>();
        private boolean accepted;

        Map<PendingRow, String> run(List<PendingRow> rows) {
            split(rows);
            // Asked again: what kept a row out may have been something that was mended during the search.
            suspects.forEach((row, refusal) -> {
                try {
                    insertAll(List.of(row));
                } catch (BigQueryException e) {
                    if (!aRowMayBeAtFault(e) || !accepted && e.getCode() != TOO_LARGE) {
                        throw e;
                    }
                    rejected.put(row, e.getCode() + ": " + e.getMessage());
                }
            });
            return rejected;
        }

        private void split(List<PendingRow> rows) {
            try {
                insertAll(rows);
            } catch (BigQueryException e) {
                if (!aRowMayBeAtFault(e)) {
                    throw e;
                }
                if (rows.size() > 1) {
                    int half = rows.size() / 2;
                    split(rows.subList(0, half));
                    split(rows.subList(half, rows.size()));
                    return;
                }
                suspects.put(rows.get(0), e);
                if (!accepted && suspects.size() == ENOUGH_SUSPECTS) {
                    throw e;
                }
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
                    rejected.put(row, words(reasons));
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
