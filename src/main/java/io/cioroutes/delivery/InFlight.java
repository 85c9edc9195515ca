package io.cioroutes.delivery;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The deliveries that this instance holds: received, and neither acknowledged nor given back. */
public final class InFlight {

    private final Set<Delivery> deliveries = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    void received(Delivery delivery) {
        deliveries.add(delivery);
    }

    void settled(Delivery delivery) {
        deliveries.remove(delivery);
    }

    /** How many deliveries are held now. */
    public int size() {
        return deliveries.size();
    }

    /** Whether something is being done for any of them, other than waiting. */
    boolean isBusy() {
        return deliveries.stream().anyMatch(delivery -> !delivery.isWaiting());
    }

    /** From now on nothing new is begun: what arrives stays unacknowledged and goes back to its queue. */
    void drain() {
        draining = true;
    }

    /** True once the instance has begun to stop. */
    public boolean isDraining() {
        return draining;
    }
}
