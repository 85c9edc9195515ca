package io.cioroutes.webhook;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cioroutes.tracing.Tracing;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class WebhookIntakeTest {

    /** Without one, all events without an id of their own would be the same event to BigQuery. */
    @Test
    void refusesWhatNobodyHasVerified() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody("{}".getBytes());
        assertThatThrownBy(() -> new WebhookIntake(null, Clock.systemUTC(), Tracing.off()).process(exchange))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("webhookSignature must come before");
    }
}
