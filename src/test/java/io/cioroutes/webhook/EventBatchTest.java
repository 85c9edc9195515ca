package io.cioroutes.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.rabbitmq.client.Channel;
import io.cioroutes.broker.Acknowledgements;
import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpException;

class EventBatchTest {
    private final Acknowledgements channel = Acknowledgements.of(mock(Channel.class));
    private final ConfirmedPublisher publisher = mock(ConfirmedPublisher.class);
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final WebhookMetrics metrics = new WebhookMetrics(registry);
    private final DefaultCamelContext camel = new DefaultCamelContext();

    private Exchange event(long tag) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setBody(new QueuedWebhook(new byte[0], "event-" + tag, Instant.EPOCH, null));
        exchange.setVariable("routingKey", "email.sent");
        exchange.setVariable("table", "message_events");
        Settlement.note(exchange, List.of(new Receipt(channel, tag, Span.getInvalid())));
        return exchange;
    }

    private CompletableFuture<Void> publish(Exchange batch) {
        return EventBatch.of(batch).publish(publisher, metrics, Tracing.off());
    }

    @Test
    void aSecondTryPublishesOnlyWhatWasNotConfirmed() {
        CompletableFuture<Void> confirmed = CompletableFuture.completedFuture(null);
        when(publisher.announce(eq(WebhookTopology.EVENTS), eq("email.sent"), any()))
                .thenReturn(confirmed);
        when(publisher.publish(eq(""), eq(WebhookTopology.ANALYTICS), any()))
                .thenReturn(confirmed)
                .thenReturn(CompletableFuture.failedFuture(new AmqpException("refused")))
                .thenReturn(confirmed);
        Exchange batch = EventBatch.strategy().aggregate(null, event(1));
        batch = EventBatch.strategy().aggregate(batch, event(2));
        assertThat(Settlement.receipts(batch)).extracting(Receipt::tag).containsExactly(1L, 2L);

        assertThat(publish(batch)).isCompletedExceptionally();
        assertThat(publish(batch)).isCompleted();

        verify(publisher, times(2)).announce(any(), any(), any());
        verify(publisher, times(3)).publish(any(), any(), any());
        assertThat(registry.get("cio.events.routed")
                        .tag("table", "message_events")
                        .counter()
                        .count())
                .isEqualTo(2);
    }
}
