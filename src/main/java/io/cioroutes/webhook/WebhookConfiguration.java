package io.cioroutes.webhook;

import io.cioroutes.settings.SecretFiles;
import io.cioroutes.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/** The steps that {@code routes/webhooks} names, and what stands before them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebhookProperties.class)
class WebhookConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookConfiguration.class);

    /** Signs and verifies on a developer's machine, where Customer.io cannot call anyway. */
    static final String LOCAL_SIGNING_KEY = "local-signing-key";

    static final String PATH = "/webhooks/customerio";

    @Bean
    WebhookPublishers webhookPublishers(ConnectionFactory connections, WebhookProperties properties) {
        return new WebhookPublishers(connections, properties);
    }

    @Bean
    WebhookMetrics webhookMetrics(MeterRegistry registry) {
        return new WebhookMetrics(registry);
    }

    /** Camel looks it up by this name. */
    @Bean("platform-http-engine")
    WebhookEngine platformHttpEngine(@Value("${server.port:8080}") int port) {
        return new WebhookEngine(port);
    }

    @Bean
    @ConditionalOnProperty(name = "cio.role.webhooks", havingValue = "true", matchIfMissing = true)
    FilterRegistrationBean<WebhookFilter> webhookFilter(
            WebhookProperties properties, WebhookMetrics metrics, WebhookEngine engine) {
        FilterRegistrationBean<WebhookFilter> filter = new FilterRegistrationBean<>(new WebhookFilter(
                Math.toIntExact(properties.maxBytes().toBytes()), properties.concurrency(), metrics, engine));
        filter.addUrlPatterns(PATH);
        filter.setDispatcherTypes(DispatcherType.REQUEST);
        // Before any filter that reads the body, or costs time.
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    @Bean
    Processor webhookSignature(WebhookProperties properties, Environment environment, SecretFiles files) {
        List<String> keys = signingKeys(properties, environment);
        if (keys.equals(List.of(LOCAL_SIGNING_KEY))) {
            LOG.warn(
                    "No CUSTOMERIO_WEBHOOK_SIGNING_KEY: webhooks must be signed with the key '{}', which everybody knows",
                    LOCAL_SIGNING_KEY);
        }
        RequestSignature signature = new RequestSignature(keys, properties.replayWindow(), Clock.systemUTC());
        files.onChange(() -> signature.use(signingKeys(
                Binder.get(environment)
                        .bind("cio.webhook", WebhookProperties.class)
                        .get(),
                environment)));
        return exchange -> {
            byte[] body = exchange.getMessage().getBody(byte[].class);
            byte[] exact = body == null ? new byte[0] : body;
            signature.verify(
                    exchange.getMessage().getHeader(RequestSignature.TIMESTAMP_HEADER, String.class),
                    exchange.getMessage().getHeader(RequestSignature.SIGNATURE_HEADER, String.class),
                    exact);
            exchange.getMessage().setBody(exact);
        };
    }

    /** The keys that verify; the first one signs where this service sends webhooks to itself. */
    static List<String> signingKeys(WebhookProperties properties, Environment environment) {
        List<String> keys =
                properties.signingKeys().stream().filter(key -> !key.isBlank()).toList();
        if (keys.isEmpty() && environment.acceptsProfiles(Profiles.of("local", "default"))) {
            return List.of(LOCAL_SIGNING_KEY);
        }
        return keys;
    }

    @Bean
    Processor webhookIntake(WebhookPublishers publishers, Tracing tracing) {
        return new WebhookIntake(publishers.intake(), Clock.systemUTC(), tracing);
    }

    /** Reads a queued webhook and says in variables what the router decides by. */
    @Bean
    Processor webhookEvent(Tracing tracing) {
        return exchange -> {
            Span span = tracing.receive(
                    "process " + WebhookTopology.WEBHOOKS,
                    SpanKind.CONSUMER,
                    exchange.getMessage().getHeaders());
            Settlement.note(exchange, List.of(Receipt.of(exchange).followedBy(span)));
            QueuedWebhook queued = QueuedWebhook.of(exchange.getMessage());
            WebhookEvent event = WebhookEvent.read(queued.body(), queued.id());
            exchange.setVariable("objectType", event.objectType());
            exchange.setVariable("metric", event.metric());
            exchange.setVariable(
                    "deliveryId", event.root().path("data").path("delivery_id").textValue());
            exchange.setVariable("problem", event.problem());
            exchange.setVariable("routingKey", event.routingKey());
            exchange.getMessage().removeHeaders("*");
            exchange.getMessage().setBody(queued.identified(event.eventId()));
        };
    }

    @Bean
    AggregationStrategy webhookBatch() {
        return EventBatch.strategy();
    }

    /** Publishes the events of a batch, and goes on when the broker has confirmed all. */
    @Bean
    Processor webhookPublish(WebhookPublishers publishers, WebhookMetrics metrics, Tracing tracing) {
        return new PublishProcessor(
                exchange -> EventBatch.of(exchange).publish(publishers.routing(), metrics, tracing),
                publishers.threads());
    }

    @Bean
    Processor webhookAcknowledge() {
        return Settlement.acknowledge();
    }

    @Bean
    Processor webhookRequeue() {
        return Settlement.requeue();
    }

    @Bean
    Predicate webhookHold(WebhookProperties properties) {
        return Settlement.hold(properties.hold());
    }
}
