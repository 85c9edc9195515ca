package io.cioroutes.analytics;

import io.cioroutes.webhook.QueuedWebhook;
import io.cioroutes.webhook.Receipt;
import java.util.Map;

/**
 * A row on its way into the store, with the message that it came from.
 *
 * @param schema its table
 * @param values column to value, see {@link EventRow}
 * @param webhook the webhook as it was queued
 * @param receipt settles the queued message
 */
record PendingRow(TableSchema schema, Map<String, Object> values, QueuedWebhook webhook, Receipt receipt) {
    /** The row of a queued webhook; one without a known table goes to {@code unrecognized_events}. */
    static PendingRow of(QueuedWebhook webhook, Receipt receipt) {
        TableSchema schema = webhook.table() == null ? null : TableSchema.ALL.get(webhook.table());
        if (schema == null) {
            schema = TableSchema.ALL.get(TableSchema.UNRECOGNIZED_EVENTS);
        }
        return new PendingRow(schema, EventRow.of(schema, webhook), webhook, receipt);
    }

    /** The table's name. */
    public String table() {
        return schema.name();
    }
}
