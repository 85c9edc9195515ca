package io.cioroutes.webhook;

import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.tracing.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;

/**
 * Puts a verified request into the queue {@code cio.webhooks} and returns when the broker has confirmed it. It does not
 * look into the body: nothing that a body contains can keep it from being stored.
 */
final class WebhookIntake implements Processor {
    private final ConfirmedPublisher publisher;
    private final Clock clock;
    private final Tracing tracing;

    /**
     * @param publisher publishes, and fails when the answer must be given
     * @param clock time of receipt
     * @param tracing follows the request into the queue
     */
    WebhookIntake(ConfirmedPublisher publisher, Clock clock, Tracing tracing) {
        this.publisher = publisher;
        this.clock = clock;
        this.tracing = tracing;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        // The signature, just verified, names what was signed: the same when Customer.io sends the same again.
        String signature = exchange.getMessage().getHeader(RequestSignature.SIGNATURE_HEADER, String.class);
        if (signature == null) {
            throw new IllegalStateException(
                    "The webhook has no signature: the step webhookSignature must come before this one");
        }
        Message message = new QueuedWebhook(body, "hmac-" + signature, clock.instant(), null).toMessage();
        Span span = tracing.receive(
                "receive webhook", SpanKind.SERVER, exchange.getMessage().getHeaders());
        tracing.inject(span, message.getMessageProperties()::setHeader);
        try {
            publisher.publish("", WebhookTopology.WEBHOOKS, message).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof AmqpException refused ? refused : e;
        } finally {
            span.end();
        }
    }
}
