package io.cioroutes.analytics;

import io.cioroutes.webhook.Receipt;
import io.cioroutes.webhook.Settlement;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;

/** Rows of one table that are stored by one request. */
public final class RowBatch {
    private final List<PendingRow> rows = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private long bytes;
    private volatile int rejected;

    private void add(PendingRow row) {
        rows.add(row);
        receipts.add(row.receipt());
        bytes += row.webhook().body().length;
    }

    /** How many bytes the webhooks of the batch have together. */
    public long getBytes() {
        return bytes;
    }

    /** The table of all rows. */
    public String getTable() {
        return rows.get(0).table();
    }

    List<PendingRow> rows() {
        return rows;
    }

    /** Notes how many of the rows the store will never take. */
    void rejected(int number) {
        rejected = number;
    }

    /** How many of the rows are stored, once the batch is. */
    int stored() {
        return rows.size() - rejected;
    }

    /** The batch in the body of an exchange. */
    static RowBatch of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, RowBatch.class);
    }

    private static final String PROPERTY = "batch";

    /**
     * Collects rows: property {@code batch} is the batch, and the body the list of its rows' values, as
     * camel-google-bigquery takes it.
     */
    static AggregationStrategy strategy() {
        return (first, next) -> {
            PendingRow row = next.getMessage().getBody(PendingRow.class);
            Exchange exchange = first == null ? next : first;
            if (first == null) {
                RowBatch batch = new RowBatch();
                exchange.setProperty(PROPERTY, batch);
                exchange.getMessage().setBody(new ArrayList<>());
                Settlement.note(exchange, batch.receipts);
            }
            of(exchange).add(row);
            @SuppressWarnings("unchecked")
            List<Object> values = exchange.getMessage().getBody(List.class);
            values.add(row.values());
            return exchange;
        };
    }
}
