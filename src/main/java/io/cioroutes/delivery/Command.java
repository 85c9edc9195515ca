package io.cioroutes.delivery;

import io.cioroutes.command.MessageFacts;
import io.cioroutes.command.Operation;
import io.cioroutes.command.Translation;
import java.time.Duration;

/**
 * A command in flight: its delivery, what it asks of Customer.io, and how far it has come. Not thread-safe; it is
 * passed from step to step and never shared by two.
 */
public final class Command {

    private final String name;
    private final Delivery delivery;
    private final RetryHeaders history;
    private Translation translation;
    private int operation;
    private int attempts;
    private long firstFailure;
    private long heldSince;
    private Duration minimumWait = Duration.ZERO;
    private Failure failure;
    private boolean claimed;

    Command(String name, Delivery delivery, RetryHeaders history) {
        this.name = name;
        this.delivery = delivery;
        this.history = history;
    }

    /** What AMQP says of the message; the first receipt survives the retry queues. */
    MessageFacts facts() {
        var properties = delivery.properties();
        var timestamp = properties.getTimestamp();
        return new MessageFacts(
                properties.getMessageId(),
                timestamp == null ? null : timestamp.getTime() / 1000,
                history.receivedAt(),
                history.eventId());
    }

    void translated(Translation translation) {
        this.translation = translation;
    }

    /** Which command or flow it belongs to: the id of the route that received it. */
    public String name() {
        return name;
    }

    /** The message as it was received. */
    public Delivery delivery() {
        return delivery;
    }

    /** What the message asks for; null until it was understood. */
    public Translation translation() {
        return translation;
    }

    /** What earlier rounds through the retry queues left on the message. */
    RetryHeaders history() {
        return history;
    }

    /** The operation that is to be accepted next. */
    public Operation operation() {
        return translation.operations().get(operation);
    }

    /**
     * Notes that Customer.io accepted the current operation.
     *
     * @return true if another operation follows, which is then the current one
     */
    boolean accepted() {
        attempts = 0;
        heldSince = 0;
        return ++operation < translation.operations().size();
    }

    /**
     * True if the current operation may not share a batch: it is not one of Track v2, or the command has failed before
     * and would make others wait.
     */
    boolean goesAlone() {
        return operation().kind() != Operation.Kind.BATCH || history.parkings() > 0;
    }

    /** Calls that failed for now since the message was received this time. */
    int attempts() {
        return attempts;
    }

    /** All calls that failed for now, those before the retry queues included. */
    int totalAttempts() {
        return history.attempts() + attempts;
    }

    void failed() {
        if (attempts++ == 0) {
            firstFailure = System.nanoTime();
        }
        heldSince = 0;
    }

    /** {@link System#nanoTime()} of the first of {@link #attempts()}. */
    long firstFailure() {
        return firstFailure;
    }

    /**
     * Notes that the command waits for Customer.io to come back.
     *
     * @param now epoch milliseconds
     * @return milliseconds since it began to wait
     */
    long held(long now) {
        if (heldSince == 0) {
            heldSince = now;
        }
        return now - heldSince;
    }

    /** What {@code Retry-After} asked for, when that was too long to wait in memory. */
    Duration minimumWait() {
        return minimumWait;
    }

    void waitAtLeast(Duration wait) {
        minimumWait = wait;
    }

    /** True while this command holds the claim on its send; see {@link SendOnce}. */
    boolean isClaimed() {
        return claimed;
    }

    void claimed(boolean claimed) {
        this.claimed = claimed;
    }

    /** Why it failed for good; null while it has not. */
    Failure failure() {
        return failure;
    }

    void failedFor(Failure failure) {
        this.failure = failure;
    }

    @Override
    public String toString() {
        return name + " " + delivery;
    }
}
