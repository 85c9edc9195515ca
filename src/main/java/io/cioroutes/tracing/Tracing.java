package io.cioroutes.tracing;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Follows a message through the service with OpenTelemetry: from the {@code traceparent} and {@code tracestate} of what
 * came in to those of what goes out. While it is off, every span is the invalid one, which does nothing.
 */
public final class Tracing {

    private static final TextMapGetter<Map<String, Object>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, Object> headers) {
            return headers.keySet();
        }

        @Override
        public String get(Map<String, Object> headers, String key) {
            Object value = headers == null ? null : headers.get(key);
            return value instanceof String text ? text : null;
        }
    };

    private final boolean on;
    private final Tracer tracer;
    private final TextMapPropagator propagator;

    private Tracing(boolean on, OpenTelemetry telemetry) {
        this.on = on;
        this.tracer = telemetry.getTracer("io.cioroutes");
        this.propagator = telemetry.getPropagators().getTextMapPropagator();
    }

    /** Follows nothing. */
    public static Tracing off() {
        return new Tracing(false, OpenTelemetry.noop());
    }

    /** Follows everything that the sampler of {@code telemetry} wants. */
    public static Tracing on(OpenTelemetry telemetry) {
        return new Tracing(true, telemetry);
    }

    /** Whether anything is followed at all. */
    public boolean isOn() {
        return on;
    }

    /**
     * Begins the work on something that came in. It belongs to the sender's trace where the headers have a valid context,
     * else to a new one.
     *
     * @param headers as received; nothing but {@code traceparent}, {@code tracestate} and what else
     *     {@code OTEL_PROPAGATORS} names is read
     */
    public Span receive(String name, SpanKind kind, Map<String, Object> headers) {
        if (!on) {
            return Span.getInvalid();
        }
        return tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(propagator.extract(Context.root(), headers, HEADERS))
                .startSpan();
    }

    /**
     * Begins a call on behalf of messages: as a part of the one message's trace, or, for several, as a trace of its own
     * that is linked to each of theirs.
     */
    public Span call(String name, Collection<Span> messages) {
        if (!on) {
            return Span.getInvalid();
        }
        SpanBuilder call = tracer.spanBuilder(name).setSpanKind(SpanKind.CLIENT);
        if (messages.size() == 1) {
            call.setParent(Context.root().with(messages.iterator().next()));
        } else {
            call.setNoParent();
            messages.forEach(message -> call.addLink(message.getSpanContext()));
        }
        return call.startSpan();
    }

    /** Sets the headers that tell the receiver of which trace it is a part. */
    public void inject(Span span, BiConsumer<String, String> setHeader) {
        if (on) {
            propagator.inject(Context.root().with(span), setHeader, BiConsumer::accept);
        }
    }
}
