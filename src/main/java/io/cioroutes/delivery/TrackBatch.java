package io.cioroutes.delivery;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Collects commands into one {@link ApiRequest}, until it is full by count or by bytes. */
final class TrackBatch implements AggregationStrategy, Predicate {

    private final int maxOperations;
    private final int maxBytes;

    TrackBatch(int maxOperations, int maxBytes) {
        this.maxOperations = maxOperations;
        this.maxBytes = maxBytes;
    }

    @Override
    public Exchange aggregate(Exchange batch, Exchange next) {
        Command command = next.getMessage().getBody(Command.class);
        if (batch != null) {
            ApiRequest.of(batch).add(command);
            return batch;
        }
        ApiRequest.of(command).attach(next);
        next.getMessage().setBody(null);
        return next;
    }

    @Override
    public boolean matches(Exchange batch) {
        ApiRequest request = ApiRequest.of(batch);
        return request.size() >= maxOperations || request.bytes() >= maxBytes;
    }
}
