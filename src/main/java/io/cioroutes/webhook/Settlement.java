package io.cioroutes.webhook;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;

/**
 * Settles the messages that an exchange stands for: one, or all of a batch. A route notes their receipts first, so that
 * no later step can lose them.
 */
public final class Settlement {
    private static final String RECEIPTS = "cio.receipts";

    private Settlement() {}

    /** Notes what the exchange will have to settle; the list may still grow. */
    public static void note(Exchange exchange, List<Receipt> receipts) {
        exchange.setProperty(RECEIPTS, receipts);
    }

    static Processor acknowledge() {
        return settle(Receipt::acknowledge);
    }

    static Processor requeue() {
        return settle(Receipt::requeue);
    }

    private static Processor settle(Consumer<List<Receipt>> decision) {
        return exchange -> decision.accept(receipts(exchange));
    }

    /**
     * Whether a failed step is worth another try: not for messages that are back in their queue because the channel
     * closed, and not so long that the broker closes it.
     *
     * @param longest how long messages may be held unsettled
     */
    static Predicate hold(Duration longest) {
        return new Predicate() {
            @Override
            public boolean matches(Exchange exchange) {
                return exchange.getClock().elapsed() < longest.toMillis()
                        && receipts(exchange).stream().allMatch(Receipt::open);
            }

            @Override
            public String toString() {
                return "hold for " + longest;
            }
        };
    }

    /** An exchange without receipts has not come far enough to note them: its own message is meant. */
    @SuppressWarnings("unchecked")
    static List<Receipt> receipts(Exchange exchange) {
        List<Receipt> noted = exchange.getProperty(RECEIPTS, List.class);
        return noted == null ? List.of(Receipt.of(exchange)) : noted;
    }
}
