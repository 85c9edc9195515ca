package io.cioroutes.analytics;

import com.google.api.gax.retrying.RetrySettings;
import com.google.cloud.NoCredentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.http.HttpTransportOptions;
import org.springframework.util.StringUtils;

/** Google's client, set up as the service needs it. */
final class BigQueryClient {
    private BigQueryClient() {}

    /** A client that never tries again by itself, and asks for no credentials where an endpoint is set. */
    static BigQuery of(BigQueryProperties properties) {
        BigQueryOptions.Builder options = BigQueryOptions.newBuilder()
                .setProjectId(properties.project())
                // Whether and when to try again is the route's decision.
                .setRetrySettings(RetrySettings.newBuilder().setMaxAttempts(1).build())
                .setTransportOptions(HttpTransportOptions.newBuilder()
                        .setConnectTimeout(
                                Math.toIntExact(properties.connectTimeout().toMillis()))
                        .setReadTimeout(Math.toIntExact(properties.readTimeout().toMillis()))
                        .build());
        if (StringUtils.hasText(properties.endpoint())) {
            options.setHost(properties.endpoint()).setCredentials(NoCredentials.getInstance());
        }
        return options.build().getService();
    }
}
