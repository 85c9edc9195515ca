package io.cioroutes.webhook;

import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.tracing.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.springframework.amqp.core.Message;

/**
 * Puts a verified request into the queue {@code cio.webhooks} and returns when the broker has confirmed it. It does not
 * look into the body: nothing that a body contains can keep it from being stored.
 */
final class WebhookIntake implements Processor {
    private final ConfirmedPublisher publisher;
    private final Executor executor;
    private final Duration timeout;
    private final Clock clock;
    private final Tracing tracing;

    /**
     * @param publisher publishes
     * @param executor where publishing runs: it can hang as long as a connection attempt or a blocked connection does,
     *     and the answer must not
     * @param timeout longest wait for the confirm
     * @param clock time of receipt
     * @param tracing follows the request into the queue
     */
    WebhookIntake(ConfirmedPublisher publisher, Executor executor, Duration timeout, Clock clock, Tracing tracing) {
        this.publisher = publisher;
        this.executor = executor;
        this.timeout = timeout;
        this.clock = clock;
        this.tracing = tracing;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        String timestamp = exchange.getMessage().getHeader(RequestSignature.TIMESTAMP_HEADER, String.class);
        QueuedWebhook webhook = new QueuedWebhook(body, digest(timestamp, body), clock.instant(), null);
        Message message = webhook.toMessage();
        Span span = tracing.receive(
                "receive webhook", SpanKind.SERVER, exchange.getMessage().getHeaders());
        tracing.inject(span, message.getMessageProperties()::setHeader);
        try {
            CompletableFuture.supplyAsync(() -> publisher.publish("", WebhookTopology.WEBHOOKS, message), executor)
                    .thenCompose(Function.identity())
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            span.end();
        }
    }

    /** What Customer.io signed, as an id: the same when it sends the same again, another for everything else. */
    private static String digest(String timestamp, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((timestamp + ":").getBytes(StandardCharsets.UTF_8));
            return "sha256-" + HexFormat.of().formatHex(digest.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256", e);
        }
    }
}
