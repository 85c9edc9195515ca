package io.cioroutes.analytics;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Which events to read.
 *
 * @param from event time of the first
 * @param to event time after the last
 * @param objectType only this object type, or null for all
 * @param metric only this metric, or null for all
 */
record EventSelection(Instant from, Instant to, String objectType, String metric) {
    /**
     * The query, in the SQL that BigQuery and DuckDB share, with a {@code ?} for each of {@link #parameters()}.
     *
     * @param dataset what stands before the tables' names
     * @param payloadAsText the expression that makes a text of the payload, which they do not share
     * @return columns {@code event_id, received_at, body, raw}; one of the last two is null
     */
    String sql(String dataset, String payloadAsText) {
        String where = " where event_time >= ? and event_time < ?"
                + (objectType == null ? "" : " and object_type = ?")
                + (metric == null ? "" : " and metric = ?");
        String readable = "select event_time, received_at, event_id, " + payloadAsText
                + " as body, cast(null as string) as raw from ";
        return "select event_id, received_at, body, raw from ("
                + readable + dataset + ".message_events_unique" + where
                + " union all " + readable + dataset + ".subscription_events_unique" + where
                + " union all select event_time, received_at, event_id, raw_body as body, to_base64(raw_bytes) as raw from "
                + dataset + ".unrecognized_events" + where
                + " qualify row_number() over (partition by event_id order by received_at) = 1"
                + ") as events order by event_time, event_id";
    }

    /** The parameters' values: for each of the three tables the same. */
    List<Object> parameters() {
        List<Object> once = new ArrayList<>(List.of(from, to));
        if (objectType != null) {
            once.add(objectType);
        }
        if (metric != null) {
            once.add(metric);
        }
        List<Object> all = new ArrayList<>(once);
        all.addAll(once);
        all.addAll(once);
        return all;
    }
}
