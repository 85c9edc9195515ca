package io.cioroutes.analytics;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.DatasetId;
import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.webhook.QueuedWebhook;
import io.cioroutes.webhook.Receipt;
import io.cioroutes.webhook.WebhookProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Processor;
import org.apache.camel.component.google.bigquery.GoogleBigQueryConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** The steps that {@code routes/webhooks/store*} name, and the store behind them: BigQuery, or a local database. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({AnalyticsProperties.class, BigQueryProperties.class})
class AnalyticsConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(AnalyticsConfiguration.class);

    /** Turns a queued webhook into the row that it will be. */
    @Bean
    Processor analyticsRow() {
        return exchange -> {
            Receipt receipt = Receipt.of(exchange);
            PendingRow row = PendingRow.of(QueuedWebhook.of(exchange.getMessage()), receipt);
            exchange.getMessage().removeHeaders("*");
            exchange.getMessage().setBody(row);
        };
    }

    @Bean
    AggregationStrategy analyticsBatch() {
        return RowBatch.strategy();
    }

    @Bean
    RowMetrics analyticsMetrics(MeterRegistry registry) {
        return new RowMetrics(registry);
    }

    /** Counts the rows of a batch that is stored. */
    @Bean
    Processor analyticsStored(RowMetrics metrics) {
        return exchange -> {
            RowBatch batch = RowBatch.of(exchange);
            metrics.stored(batch.getTable(), batch.stored());
        };
    }

    @Bean
    RejectedRows analyticsRejectedRows(ConfirmedPublisher publisher, WebhookProperties properties, RowMetrics metrics) {
        return new RejectedRows(
                publisher, Clock.systemUTC(), properties.publishTimeout().toMillis(), metrics);
    }

    /** Stores a batch in the local database. */
    @Bean
    Processor analyticsLocal(ObjectProvider<LocalStore> store, RejectedRows rejectedRows) {
        return exchange -> {
            RowBatch batch = RowBatch.of(exchange);
            Map<PendingRow, String> rejected = store.getObject().insert(batch.rows());
            rejectedRows.deadLetter(rejected);
            batch.rejected(rejected.size());
        };
    }

    /** Stores a batch that BigQuery refused, row by row where needed. */
    @Bean
    Processor analyticsIsolation(
            ObjectProvider<BigQuery> bigQuery, BigQueryProperties properties, RejectedRows rejectedRows) {
        return exchange -> new BigQueryIsolation(bigQuery.getObject(), properties, rejectedRows).process(exchange);
    }

    /** BigQuery is the store. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(WithBigQuery.class)
    static class InBigQuery {
        @Bean
        BigQuery bigQuery(BigQueryProperties properties) {
            return BigQueryClient.of(properties);
        }

        /** The component's own factory ignores the project for inserts, and asks for credentials in any case. */
        @Bean
        GoogleBigQueryConnectionFactory bigQueryConnectionFactory(BigQuery bigQuery) {
            return new GoogleBigQueryConnectionFactory(bigQuery);
        }

        /** Reads what the dataset is, which its writers may. */
        @Bean
        @ConditionalOnProperty(name = "cio.role.analytics", havingValue = "true", matchIfMissing = true)
        StoreHealth storeHealthIndicator(BigQuery bigQuery, BigQueryProperties properties) {
            String name = properties.project() + "." + properties.dataset();
            return new StoreHealth(() -> {
                if (bigQuery.getDataset(DatasetId.of(properties.project(), properties.dataset())) == null) {
                    throw new IllegalStateException("there is no dataset " + name);
                }
                return "BigQuery dataset " + name;
            });
        }

        @Bean
        EventSource bigQueryEventSource(BigQuery bigQuery, BigQueryProperties properties) {
            return new BigQueryEventSource(bigQuery, properties);
        }
    }

    /** A database on this machine is the store. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(WithoutBigQuery.class)
    static class OnThisMachine {
        @Bean
        LocalStore localStore(AnalyticsProperties properties, @Value("${cio.local.directory:data}") Path directory) {
            Path file = directory.resolve("analytics.duckdb");
            LOG.info("BigQuery is not configured: events are stored in {}; query them at /analytics", file);
            return LocalStore.open(file, properties);
        }

        @Bean
        StoreHealth storeHealthIndicator(LocalStore store) {
            return new StoreHealth(() -> {
                store.query("select 1 from message_events limit 1");
                return "database on this machine";
            });
        }
    }

    /** Replay needs a store. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(WithStore.class)
    static class Replay {
        @Bean
        WebhookReplay webhookReplay(
                EventSource source,
                ConfirmedPublisher publisher,
                AmqpAdmin admin,
                AnalyticsProperties analytics,
                WebhookProperties webhook) {
            return new WebhookReplay(source, publisher, admin, analytics.replayBatch(), webhook.publishTimeout());
        }

        @Bean
        WebhookReplayEndpoint webhookReplayEndpoint(WebhookReplay replay) {
            return new WebhookReplayEndpoint(replay);
        }
    }

    static class WithBigQuery implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return inBigQuery(context.getEnvironment());
        }
    }

    static class WithoutBigQuery implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return onThisMachine(context.getEnvironment());
        }
    }

    static class WithStore implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return inBigQuery(context.getEnvironment()) || onThisMachine(context.getEnvironment());
        }
    }

    private static boolean inBigQuery(Environment environment) {
        return StringUtils.hasText(environment.getProperty("cio.bigquery.project"));
    }

    /** Opened by who stores into it, and never in place of a BigQuery that somebody forgot to configure. */
    private static boolean onThisMachine(Environment environment) {
        return !inBigQuery(environment)
                && environment.getProperty("cio.role.analytics", Boolean.class, true)
                && environment.acceptsProfiles(Profiles.of("local", "default"));
    }
}
