package io.cioroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.command.CommandTranslator;
import io.cioroutes.tracing.Tracing;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * As many can wait for their next attempt as there are. Camel refuses the 1,001st: in an outage with little traffic, when
 * each command is a batch of its own, the others stayed unsettled until the next start.
 */
class WaitingAttemptsTest {
    private static final int MANY = 5_000;

    @ParameterizedTest
    @ValueSource(strings = {RouteBeans.REDELIVERIES, RouteBeans.WEBHOOK_REDELIVERIES})
    void haveNoLimit(String threads) throws Exception {
        AtomicInteger failed = new AtomicInteger();
        AtomicInteger delivered = new AtomicInteger();
        CamelContext context = new DefaultCamelContext();
        try {
            new DeliveryConfiguration()
                    .deliveryRegistry(new CommandTranslator(), null, null, Tracing.off(), 1, 1)
                    .beforeApplicationStart(context);
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(defaultErrorHandler()
                            .executorServiceRef(threads)
                            .maximumRedeliveries(1)
                            .redeliveryDelay(2_000)
                            .asyncDelayedRedelivery()
                            .logStackTrace(false));
                    from("direct:call").process(exchange -> {
                        if (exchange.getMessage().getHeader(Exchange.REDELIVERY_COUNTER) == null) {
                            failed.incrementAndGet();
                            throw new IllegalStateException("outage");
                        }
                        delivered.incrementAndGet();
                    });
                }
            });
            context.start();
            ProducerTemplate template = context.createProducerTemplate();
            for (int i = 0; i < MANY; i++) {
                template.asyncSend("direct:call", exchange -> {});
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> delivered.get() == MANY);
        } finally {
            context.stop();
        }
        assertThat(failed).hasValue(MANY);
    }
}
