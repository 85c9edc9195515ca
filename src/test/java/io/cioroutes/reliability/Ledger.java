package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.sandbox.SandboxServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The account of what was published, numbered from 0, against what Customer.io, in the shape of the sandbox, took. */
record Ledger(SandboxServer sandbox, int published) {

    /** How long a delivery may take on a slow machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Numbers that Customer.io has accepted, each counted once. */
    long delivered() {
        return sandbox.stats().sequence().distinct();
    }

    /** Commands that it has accepted although it had accepted them before. */
    long duplicates() {
        return sandbox.stats().sequence().duplicates();
    }

    /** Of these, the events that it left out because it knew their ULID. */
    long recognized() {
        return sandbox.stats().duplicateEvents();
    }

    void awaitDelivered(long count) {
        await("delivery of " + count).atMost(PATIENCE).until(() -> delivered() >= count);
    }

    /** Waits until every number was delivered, except these. */
    void awaitAllDelivered(Integer... except) {
        await("delivery of all").atMost(PATIENCE).untilAsserted(() -> {
            List<Integer> missing = new ArrayList<>(sandbox.missing(0, published - 1));
            assertThat(missing).containsExactlyInAnyOrder(except);
        });
    }

    /** Every event was taken once: each duplicate carried the ULID of the first. */
    void assertEventsCountedOnce(int events) {
        assertThat(sandbox.stats().events()).isEqualTo(events);
    }
}
