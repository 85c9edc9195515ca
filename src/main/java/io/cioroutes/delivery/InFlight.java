package io.cioroutes.delivery;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The deliveries that this instance holds: received, and neither acknowledged nor given back. */
public final class InFlight {

    private final Set<Delivery> deliveries = ConcurrentHashMap.newKeySet();
    private final Set<String> heldBack = ConcurrentHashMap.newKeySet();
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

    /** How many deliveries from this queue are held now. */
    public int size(String queue) {
        return (int) deliveries.stream()
                .filter(delivery -> delivery.queue().equals(queue))
                .count();
    }

    /** Begins nothing new from this queue: what arrives stays unacknowledged and goes back when its channel closes. */
    public void holdBack(String queue) {
        heldBack.add(queue);
    }

    /** Begins anew what arrives from this queue. */
    public void release(String queue) {
        heldBack.remove(queue);
    }

    /** Whether nothing new may be begun from this queue now. */
    boolean isHeldBack(String queue) {
        return draining || heldBack.contains(queue);
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
