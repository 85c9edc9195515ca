package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.sandbox.SandboxServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The account of what is published, each with a number of its own, against what Customer.io, in the shape of the sandbox,
 * took. No two ledgers have a number in common.
 */
final class Ledger {

    /** How long a delivery may take on a slow machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Room for each ledger; numbers can be dealt out by twos and threes from its first on. */
    private static final int ROOM = 30_000;

    private static final AtomicInteger NEXT = new AtomicInteger();

    private final SandboxServer sandbox;
    private final int first;
    private final int count;

    /** An account of so many messages; the sandbox must have counted nothing yet. */
    Ledger(SandboxServer sandbox, int count) {
        this.sandbox = sandbox;
        this.first = NEXT.getAndAdd(ROOM);
        this.count = count;
    }

    /** The number of its first message; the others follow. */
    int first() {
        return first;
    }

    /** Its messages. */
    List<Message> messages(IntFunction<Message> kind) {
        return IntStream.range(first, first + count).mapToObj(kind).toList();
    }

    /** Numbers that Customer.io has accepted, each counted once. */
    long delivered() {
        return sandbox.stats().sequence().distinct();
    }

    /** Numbers that it has not accepted. */
    List<Integer> missing() {
        return sandbox.missing(first, first + count - 1);
    }

    /** Commands that it has accepted although it had accepted them before. */
    long duplicates() {
        return sandbox.stats().sequence().duplicates();
    }

    /** Of these, the events that it left out because it knew their ULID. */
    long recognized() {
        return sandbox.stats().duplicateEvents();
    }

    void awaitDelivered(long some) {
        await("delivery of " + some).atMost(PATIENCE).until(() -> delivered() >= some);
    }

    /** Waits until every number was delivered, except these. */
    void awaitAllDelivered(Integer... except) {
        await("delivery of all").atMost(PATIENCE).untilAsserted(() -> assertThat(missing())
                .containsExactlyInAnyOrder(except));
    }

    /** Every event was taken once: each duplicate carried the ULID of the first. */
    void assertEventsCountedOnce(int events) {
        assertThat(sandbox.stats().events()).isEqualTo(events);
    }
}
