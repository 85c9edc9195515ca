package io.cioroutes.webhook;

import io.cioroutes.tracing.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.springframework.amqp.core.Message;

/** Follows a webhook from its queue to where it is routed. */
final class WebhookTrace {

    private static final String SPAN = "CioWebhookSpan";

    private WebhookTrace() {}

    /** Begins a span that ends with the exchange, whatever becomes of it. Call it while the message has its headers. */
    static void begin(Exchange exchange, Tracing tracing) {
        if (!tracing.isOn()) {
            return;
        }
        Span span = tracing.receive(
                "process " + WebhookTopology.WEBHOOKS,
                SpanKind.CONSUMER,
                exchange.getMessage().getHeaders());
        exchange.setProperty(SPAN, span);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                span.end();
            }
        });
    }

    /** The message with the context of the exchange's span. */
    static Message onto(Message message, Exchange exchange, Tracing tracing) {
        if (exchange.getProperty(SPAN) instanceof Span span) {
            tracing.inject(span, message.getMessageProperties()::setHeader);
        }
        return message;
    }
}
