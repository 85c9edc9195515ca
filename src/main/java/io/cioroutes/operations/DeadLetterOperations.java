package io.cioroutes.operations;

import java.util.Map;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedOperationParameter;
import org.springframework.jmx.export.annotation.ManagedResource;

/** {@link DeadLetters} as an MBean, for Hawtio's JMX tab and for scripts through Jolokia. Results are JSON. */
@ManagedResource(
        objectName = "io.cioroutes:type=DeadLetters",
        description = "Messages that could not be delivered: list, show, replay, discard")
public class DeadLetterOperations {

    private static final String QUEUE = "A command or a queue: track, cio.track or cio.track.dlq";
    private static final String REASON =
            "invalid, rejected, exhausted, ambiguous or what the list shows; empty for any";
    private static final String FROM = "Failed at this time or later, for example 2026-11-24T07:00:00Z; empty for any";
    private static final String TO = "Failed before this time; empty for any";
    private static final String ID = "The id that the list shows";

    private final DeadLetters letters;

    DeadLetterOperations(DeadLetters letters) {
        this.letters = letters;
    }

    /** How many there are, by queue and reason. */
    @ManagedOperation(description = "Counts dead letters by queue and reason")
    public String summary() {
        return Json.text(letters.summary());
    }

    /** One page of a list. */
    @ManagedOperation(description = "Lists the dead letters of a queue, oldest first; personal values are masked")
    @ManagedOperationParameter(name = "queue", description = QUEUE)
    @ManagedOperationParameter(name = "reason", description = REASON)
    @ManagedOperationParameter(name = "from", description = FROM)
    @ManagedOperationParameter(name = "to", description = TO)
    @ManagedOperationParameter(name = "offset", description = "How many to pass over: 0 for the first page")
    @ManagedOperationParameter(name = "limit", description = "Lines at most: 1 to 500")
    public String list(String queue, String reason, String from, String to, int offset, int limit) {
        return Json.text(letters.list(queue, Selection.of(reason, from, to), offset, limit));
    }

    /** One whole message. */
    @ManagedOperation(description = "Shows one dead letter with all it carries; nothing is masked")
    @ManagedOperationParameter(name = "queue", description = QUEUE)
    @ManagedOperationParameter(name = "id", description = ID)
    public String show(String queue, String id) {
        DeadLetter.Whole whole = letters.show(queue, id);
        if (whole == null) {
            throw new IllegalArgumentException("There is no dead letter " + id + " in this queue (any more).");
        }
        return Json.text(whole);
    }

    /** Sends one back. */
    @ManagedOperation(description = "Sends one dead letter back to the queue that it came from")
    @ManagedOperationParameter(name = "queue", description = QUEUE)
    @ManagedOperationParameter(name = "id", description = ID)
    public String replayOne(String queue, String id) {
        return Json.text(letters.replay(queue, Selection.one(id)));
    }

    /** Sends those back that match. */
    @ManagedOperation(description = "Sends the dead letters back that match; at least one criterion must be given")
    @ManagedOperationParameter(name = "queue", description = QUEUE)
    @ManagedOperationParameter(name = "reason", description = REASON)
    @ManagedOperationParameter(name = "from", description = FROM)
    @ManagedOperationParameter(name = "to", description = TO)
    public String replaySelected(String queue, String reason, String from, String to) {
        Selection selection = Selection.of(reason, from, to);
        if (!selection.isRestricted()) {
            throw new IllegalArgumentException("Give a reason or a time, or use replayAll.");
        }
        return Json.text(letters.replay(queue, selection));
    }

    /** Sends all of a queue back. */
    @ManagedOperation(description = "Sends all dead letters of a queue back to the queue that they came from")
    @ManagedOperationParameter(name = "queue", description = QUEUE)
    public String replayAll(String queue) {
        return Json.text(letters.replay(queue, Selection.ALL));
    }

    /** Counts those that match, before discarding them. */
    @ManagedOperation(description = "Counts the dead letters that match, before they are discarded")
    @ManagedOperationParameter(name = "queue", description = QUEUE)
    @ManagedOperationParameter(name = "reason", description = REASON)
    @ManagedOperationParameter(name = "from", description = FROM)
    @ManagedOperationParameter(name = "to", description = TO)
    public String count(String queue, String reason, String from, String to) {
        Selection selection = Selection.of(reason, from, to);
        return Json.text(Map.of("selection", selection.toString(), "matching", letters.count(queue, selection)));
    }

    /** Discards one. */
    @ManagedOperation(description = "Discards one dead letter for good")
    @ManagedOperationParameter(name = "queue", description = QUEUE)
    @ManagedOperationParameter(name = "id", description = ID)
    public String discardOne(String queue, String id) {
        return Json.text(letters.discard(queue, Selection.one(id), 1));
    }

    /** Discards those that match, if they are as many as were counted. */
    @ManagedOperation(description = "Discards the dead letters that match, for good, if they are as many as counted")
    @ManagedOperationParameter(name = "queue", description = QUEUE)
    @ManagedOperationParameter(name = "reason", description = REASON)
    @ManagedOperationParameter(name = "from", description = FROM)
    @ManagedOperationParameter(name = "to", description = TO)
    @ManagedOperationParameter(name = "confirm", description = "How many match, as count said")
    public String discard(String queue, String reason, String from, String to, int confirm) {
        return Json.text(letters.discard(queue, Selection.of(reason, from, to), confirm));
    }

    /** Ends what is under way. */
    @ManagedOperation(description = "Makes every operation under way in this instance stop where it is")
    public void stop() {
        letters.stop();
    }
}
