package io.cioroutes.delivery;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Settles commands by putting a copy elsewhere: first the copy, confirmed and routed, then the acknowledgement. When the
 * copy fails the exchange fails and the original stays unacknowledged; repeating is safe, since what was settled before
 * is passed over.
 */
abstract class SettleByCopy extends AsyncProcessorSupport {

    private final ConfirmedPublisher publisher;

    SettleByCopy(ConfirmedPublisher publisher) {
        this.publisher = publisher;
    }

    /** Publishes the copy of one command; see {@link ConfirmedPublisher#publish}. */
    abstract CompletableFuture<Void> copy(Exchange exchange, Command command, ConfirmedPublisher publisher);

    /** Called after the original was acknowledged. */
    abstract void settled(Command command);

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        CompletableFuture<?>[] copies;
        try {
            copies = Commands.of(exchange).stream()
                    .map(command -> settle(exchange, command))
                    .toArray(CompletableFuture<?>[]::new);
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        CompletableFuture.allOf(copies).whenComplete((done, failure) -> {
            if (failure != null) {
                exchange.setException(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
            callback.done(false);
        });
        return false;
    }

    private CompletableFuture<Void> settle(Exchange exchange, Command command) {
        if (!command.delivery().isOpen()) {
            // Settled already, or given back by the broker, which delivers it again.
            command.delivery().abandon();
            return CompletableFuture.completedFuture(null);
        }
        return copy(exchange, command, publisher).thenRun(() -> {
            if (command.delivery().ack()) {
                settled(command);
            }
        });
    }
}
