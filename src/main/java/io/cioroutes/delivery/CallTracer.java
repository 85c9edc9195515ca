package io.cioroutes.delivery;

import io.cioroutes.tracing.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSendingEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSentEvent;
import org.apache.camel.support.EventNotifierSupport;

/**
 * A span around each call of Customer.io, whose context goes out with the request. Only there while tracing is on. The
 * span names no path, because paths of Track v1 hold addresses of people.
 */
final class CallTracer extends EventNotifierSupport {

    private static final String SPAN = "CioCallSpan";

    private final Tracing tracing;

    CallTracer(Tracing tracing) {
        this.tracing = tracing;
        setIgnoreCamelContextEvents(true);
        setIgnoreCamelContextInitEvents(true);
        setIgnoreRouteEvents(true);
        setIgnoreServiceEvents(true);
        setIgnoreStepEvents(true);
        setIgnoreExchangeCreatedEvent(true);
        setIgnoreExchangeCompletedEvent(true);
        setIgnoreExchangeFailedEvents(true);
        setIgnoreExchangeRedeliveryEvents(true);
    }

    @Override
    public void notify(CamelEvent event) {
        if (event instanceof ExchangeSendingEvent sending && sending.getEndpoint() instanceof HttpEndpoint) {
            begin(sending.getExchange());
        } else if (event instanceof ExchangeSentEvent sent && sent.getEndpoint() instanceof HttpEndpoint) {
            end(sent.getExchange());
        }
    }

    private void begin(Exchange exchange) {
        ApiRequest request = ApiRequest.of(exchange);
        Span span = tracing.call(
                request.method() + (request.isApp() ? " App API" : " Track API"),
                request.commands().stream()
                        .map(command -> command.delivery().span())
                        .toList());
        span.setAttribute("http.request.method", request.method());
        span.setAttribute("messaging.batch.message_count", request.size());
        tracing.inject(span, exchange.getMessage()::setHeader);
        exchange.setProperty(SPAN, span);
    }

    private static void end(Exchange exchange) {
        if (exchange.removeProperty(SPAN) instanceof Span span) {
            Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
            if (exchange.getException() != null) {
                span.setStatus(
                        StatusCode.ERROR, exchange.getException().getClass().getSimpleName());
            } else if (status != null) {
                span.setAttribute("http.response.status_code", status);
                span.setStatus(status >= 400 ? StatusCode.ERROR : StatusCode.UNSET);
            }
            span.end();
        }
    }
}
