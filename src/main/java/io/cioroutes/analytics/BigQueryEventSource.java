package io.cioroutes.analytics;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.FieldValue;
import com.google.cloud.bigquery.FieldValueList;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.QueryParameterValue;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Reads events from BigQuery with a query job. */
final class BigQueryEventSource implements EventSource {
    private final BigQuery bigQuery;
    private final String dataset;

    BigQueryEventSource(BigQuery bigQuery, BigQueryProperties properties) {
        this.bigQuery = bigQuery;
        this.dataset = "`" + properties.project() + "." + properties.dataset() + "`";
    }

    @Override
    public void read(EventSelection selection, Reader reader) throws Exception {
        QueryJobConfiguration.Builder query =
                QueryJobConfiguration.newBuilder(selection.sql(dataset, "to_json_string(payload)"));
        for (Object parameter : selection.parameters()) {
            query.addPositionalParameter(
                    parameter instanceof Instant time
                            ? QueryParameterValue.timestamp(TimeUnit.MILLISECONDS.toMicros(time.toEpochMilli()))
                            : QueryParameterValue.string((String) parameter));
        }
        for (FieldValueList row : bigQuery.query(query.build()).iterateAll()) {
            reader.accept(StoredEvent.of(
                    row.get("event_id").getStringValue(),
                    row.get("received_at").getTimestampInstant(),
                    text(row.get("body")),
                    text(row.get("raw"))));
        }
    }

    private static String text(FieldValue value) {
        return value.isNull() ? null : value.getStringValue();
    }
}
