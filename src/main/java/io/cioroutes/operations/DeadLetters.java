package io.cioroutes.operations;

import io.cioroutes.delivery.ConfirmedPublisher;
import io.cioroutes.delivery.Originals;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * What an operator can do with dead letters: see them, send them back to the queue that they came from, discard them.
 *
 * <p>Operations on one queue take turns, over all instances of the service. Each works on what is in the queue when it
 * begins, so that a message that fails once more is not met again and the operation ends, whatever flows meanwhile. It
 * may stop early (time limit, {@link #stop}, the broker, the end of the service); then it is right to run it again.
 *
 * <p>Bad arguments fail with {@link IllegalArgumentException}, everything that is in the way just now with
 * {@link IllegalStateException}; both say what to do.
 */
class DeadLetters implements ApplicationListener<ContextClosedEvent> {

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    /** Most lines in one answer. */
    private static final int MAX_LINES = 500;

    private final DeadLetterQueues queues;
    private final ConfirmedPublisher publisher;
    private final Originals originals;
    private final DeadLetterProperties settings;
    private volatile Instant stoppedAt = Instant.EPOCH;
    private volatile boolean closing;

    DeadLetters(
            DeadLetterQueues queues, ConfirmedPublisher publisher, Originals originals, DeadLetterProperties settings) {
        this.queues = queues;
        this.publisher = publisher;
        this.originals = originals;
        this.settings = settings;
    }

    /**
     * One queue in the summary.
     *
     * @param queue its name
     * @param messages how many dead letters it holds
     * @param reasons the same by reason
     * @param note why the reasons do not add up to it; null where they do
     */
    record Summary(String queue, int messages, List<Reason> reasons, String note) {}

    /**
     * The dead letters of one queue that share a reason.
     *
     * @param oldest when the first of them failed
     * @param newest when the last of them failed
     */
    record Reason(String reason, int messages, Instant oldest, Instant newest) {}

    /**
     * Part of a list.
     *
     * @param messages how many dead letters the queue holds, whatever the selection
     * @param offset how many that match were passed over
     * @param next offset of the next page; null on the last one
     */
    record Page(String queue, int messages, int offset, Integer next, List<DeadLetter.Line> letters) {}

    /**
     * What an operation did.
     *
     * @param queue the dead-letter queue
     * @param selection which dead letters were meant, in words
     * @param matching how many of them the operation met
     * @param done how many were replayed or discarded
     * @param complete whether it got to the end of the queue
     * @param note why not, or what to do next; null if there is nothing to say
     */
    record Outcome(String queue, String selection, int matching, int done, boolean complete, String note) {}

    /** Counts the dead letters of every queue that has any. */
    List<Summary> summary() {
        List<Summary> all = new ArrayList<>();
        for (String queue : queues.names()) {
            if (queues.messages(queue) > 0) {
                all.add(queues.read(queue, settings.patience(), reader -> summary(queue, reader)));
            }
        }
        return all;
    }

    private Summary summary(String queue, QueueReader reader) throws IOException, InterruptedException {
        Map<String, Reason> reasons = new TreeMap<>();
        Turn turn = new Turn();
        for (DeadLetter letter = turn.next(reader); letter != null; letter = turn.next(reader)) {
            Instant failedAt = letter.failedAt();
            reasons.merge(letter.reason(), new Reason(letter.reason(), 1, failedAt, failedAt), DeadLetters::sum);
        }
        return new Summary(queue, reader.available(), List.copyOf(reasons.values()), turn.whatWasInTheWay(reader));
    }

    private static Reason sum(Reason a, Reason b) {
        return new Reason(
                a.reason(),
                a.messages() + b.messages(),
                a.oldest() == null || b.oldest() != null && b.oldest().isBefore(a.oldest()) ? b.oldest() : a.oldest(),
                a.newest() == null || b.newest() != null && b.newest().isAfter(a.newest()) ? b.newest() : a.newest());
    }

    /**
     * Lists dead letters, oldest first.
     *
     * @param name a command or a queue, with or without {@code .dlq}
     * @param offset how many that match to pass over
     * @param limit lines at most, 1 to {@value #MAX_LINES}
     */
    Page list(String name, Selection selection, int offset, int limit) {
        String queue = queues.named(name);
        if (offset < 0 || limit < 1 || limit > MAX_LINES) {
            throw new IllegalArgumentException("offset must be 0 or more and limit 1 to " + MAX_LINES
                    + ", but they are " + offset + " and " + limit);
        }
        return queues.read(queue, settings.patience(), reader -> {
            List<DeadLetter.Line> lines = new ArrayList<>();
            Turn turn = new Turn();
            int matching = 0;
            boolean more = false;
            for (DeadLetter letter = turn.next(reader); letter != null && !more; letter = turn.next(reader)) {
                if (selection.matches(letter) && matching++ >= offset) {
                    more = lines.size() == limit;
                    if (!more) {
                        lines.add(letter.line());
                    }
                }
            }
            turn.mustNotBeInterrupted();
            return new Page(queue, reader.available(), offset, more ? offset + limit : null, lines);
        });
    }

    /**
     * Shows one, with everything that it carries.
     *
     * @return null if it is not there, or not there any more
     */
    DeadLetter.Whole show(String name, String id) {
        String queue = queues.named(name);
        Selection selection = Selection.one(id);
        DeadLetter.Whole whole = queues.read(queue, settings.patience(), reader -> {
            Turn turn = new Turn();
            for (DeadLetter letter = turn.next(reader); letter != null; letter = turn.next(reader)) {
                if (selection.matches(letter)) {
                    return letter.whole();
                }
            }
            turn.mustNotBeInterrupted();
            return null;
        });
        log.info(
                "{} looked at dead letter {} of {}: {}",
                Users.current(),
                id,
                queue,
                whole == null ? "not there" : "found");
        return whole;
    }

    /** Counts the dead letters of a queue that match. */
    int count(String name, Selection selection) {
        return queues.read(queues.named(name), settings.patience(), reader -> {
            Turn turn = new Turn();
            int matching = 0;
            for (DeadLetter letter = turn.next(reader); letter != null; letter = turn.next(reader)) {
                if (selection.matches(letter)) {
                    matching++;
                }
            }
            turn.mustNotBeInterrupted();
            return matching;
        });
    }

    /**
     * Sends dead letters back to the queue that they came from, oldest first. Each is taken out of the dead-letter queue
     * only after the broker confirmed it in the other one, so none is lost; a crash in between leaves at most
     * {@code cio.dead-letters.pipeline} of them in both.
     */
    Outcome replay(String name, Selection selection) {
        String queue = queues.named(name);
        Outcome outcome = queues.read(queue, settings.patience(), reader -> new Replay(queue, selection, reader).run());
        report("replayed", outcome);
        return outcome;
    }

    /**
     * Discards dead letters for good.
     *
     * @param confirm how many match, as {@link #count} said; when it is not exactly so many, nothing is discarded
     */
    Outcome discard(String name, Selection selection, int confirm) {
        String queue = queues.named(name);
        Outcome outcome = queues.read(queue, settings.patience(), reader -> {
            List<Long> tags = new ArrayList<>();
            Turn turn = new Turn();
            for (DeadLetter letter = turn.next(reader); letter != null; letter = turn.next(reader)) {
                if (selection.matches(letter) && (selection.id() == null || tags.isEmpty())) {
                    tags.add(letter.deliveryTag());
                }
            }
            turn.mustNotBeInterrupted();
            if (tags.size() != confirm) {
                throw new IllegalStateException("Nothing was discarded: " + tags.size() + " dead letters of " + queue
                        + " match (" + selection + "), but " + confirm + " were confirmed. Look again, then confirm "
                        + tags.size() + ".");
            }
            for (long tag : tags) {
                reader.remove(tag);
            }
            return new Outcome(queue, selection.toString(), tags.size(), tags.size(), true, null);
        });
        report("discarded", outcome);
        return outcome;
    }

    /** Makes every operation under way in this instance stop where it is. */
    void stop() {
        stoppedAt = Instant.now();
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        closing = true;
    }

    private static void report(String what, Outcome outcome) {
        log.info(
                "{} {} {} of {} matching dead letters of {} ({}){}",
                Users.current(),
                what,
                outcome.done(),
                outcome.matching(),
                outcome.queue(),
                outcome.selection(),
                outcome.note() == null ? "" : ": " + outcome.note());
    }

    /** An operation's way through a queue, until the end or until something is in the way. */
    private final class Turn {
        private final Instant begin = Instant.now();
        private String interruption;

        DeadLetter next(QueueReader reader) throws IOException, InterruptedException {
            if (closing) {
                interruption = "the service stops";
            } else if (!stoppedAt.isBefore(begin)) {
                interruption = "it was stopped";
            } else if (Duration.between(begin, Instant.now()).compareTo(settings.timeLimit()) > 0) {
                interruption = "the time limit of " + settings.timeLimit().toSeconds() + " s was reached";
            }
            Message message = interruption == null ? reader.next() : null;
            return message == null ? null : new DeadLetter(message);
        }

        String whatWasInTheWay(QueueReader reader) {
            return interruption == null && reader.isCutShort() ? "somebody else has taken the rest" : interruption;
        }

        void mustNotBeInterrupted() {
            if (interruption != null) {
                throw new IllegalStateException("Nothing was done, because " + interruption + ".");
            }
        }
    }

    /** One replay: some messages are on their way at a time, and they are settled in the order in which they went. */
    private final class Replay {
        private final String queue;
        private final Selection selection;
        private final QueueReader reader;
        private final Deque<Sent> underWay = new ArrayDeque<>();
        private int matching;
        private int done;
        private String failure;

        private record Sent(long deliveryTag, CompletableFuture<Void> confirmed) {}

        Replay(String queue, Selection selection, QueueReader reader) {
            this.queue = queue;
            this.selection = selection;
            this.reader = reader;
        }

        Outcome run() throws IOException, InterruptedException {
            String target = DeadLetterQueues.origin(queue);
            Turn turn = new Turn();
            for (DeadLetter letter = turn.next(reader); letter != null; letter = turn.next(reader)) {
                if (!selection.matches(letter)) {
                    continue;
                }
                matching++;
                Message original = originals.of(letter.message(), target);
                underWay.add(new Sent(letter.deliveryTag(), publisher.publish("", target, original)));
                if (underWay.size() >= settings.pipeline()) {
                    settleOldest();
                }
                if (failure != null || selection.id() != null) {
                    break;
                }
            }
            while (!underWay.isEmpty()) {
                settleOldest();
            }
            String note = failure != null ? failure : turn.whatWasInTheWay(reader);
            return new Outcome(
                    queue,
                    selection.toString(),
                    matching,
                    done,
                    note == null,
                    note == null ? null : "It stopped early: " + note + ". What is left is in the queue as before.");
        }

        private void settleOldest() throws IOException, InterruptedException {
            Sent sent = underWay.remove();
            try {
                sent.confirmed().get();
            } catch (ExecutionException e) {
                failure = "the broker did not take a message (" + e.getCause().getMessage() + ")";
                return;
            }
            reader.remove(sent.deliveryTag());
            done++;
        }
    }
}
