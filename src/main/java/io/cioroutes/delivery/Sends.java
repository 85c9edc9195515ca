package io.cioroutes.delivery;

/** Knows which requests must not be repeated when nobody knows whether the first one arrived. */
final class Sends {

    private final boolean retryAmbiguous;

    /** @param retryAmbiguous true to re-send anyway, at the price of a message that a person may get twice */
    Sends(boolean retryAmbiguous) {
        this.retryAmbiguous = retryAmbiguous;
    }

    /** True for a transactional send or a broadcast, unless configured otherwise: the API has no idempotency key. */
    boolean isUnrepeatable(ApiRequest request) {
        return request.isApp() && !retryAmbiguous;
    }
}
