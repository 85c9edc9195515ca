package io.cioroutes.webhook;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * A route step that publishes and continues when the broker has confirmed, without holding a thread meanwhile: a
 * consumer so has its whole prefetch window in flight.
 */
final class PublishProcessor extends AsyncProcessorSupport {
    private final Function<Exchange, CompletableFuture<Void>> publication;
    private final Executor executor;

    /**
     * @param publication publishes what is in the exchange; done when confirmed
     * @param executor continues the route: the client's own threads, where confirms arrive, must never wait for it
     */
    PublishProcessor(Function<Exchange, CompletableFuture<Void>> publication, Executor executor) {
        this.publication = publication;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        publication
                .apply(exchange)
                .whenCompleteAsync(
                        (confirmed, failure) -> {
                            if (failure != null) {
                                exchange.setException(
                                        failure instanceof CompletionException ? failure.getCause() : failure);
                            }
                            callback.done(false);
                        },
                        executor);
        return false;
    }
}
