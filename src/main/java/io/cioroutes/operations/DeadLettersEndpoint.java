package io.cioroutes.operations;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.lang.Nullable;

/** {@link DeadLetters} over HTTP, under {@code /actuator/deadletters}. */
@WebEndpoint(id = "deadletters")
class DeadLettersEndpoint {

    private static final int LINES = 50;

    private final DeadLetters letters;

    DeadLettersEndpoint(DeadLetters letters) {
        this.letters = letters;
    }

    /** {@code GET /}: counts by queue and reason. */
    @ReadOperation
    WebEndpointResponse<?> summary() {
        return Answers.of(() -> Map.of("queues", letters.summary()));
    }

    /** {@code GET /<queue>?reason=&from=&to=&offset=&limit=}: a page of the list. */
    @ReadOperation
    WebEndpointResponse<?> list(
            @Selector String queue,
            @Nullable String reason,
            @Nullable String from,
            @Nullable String to,
            @Nullable Integer offset,
            @Nullable Integer limit) {
        return Answers.of(() -> letters.list(
                queue, Selection.of(reason, from, to), offset == null ? 0 : offset, limit == null ? LINES : limit));
    }

    /** {@code GET /<queue>/<id>}: one whole message, or 404. */
    @ReadOperation
    WebEndpointResponse<?> show(@Selector String queue, @Selector String id) {
        return Answers.of(() -> letters.show(queue, id));
    }

    /** {@code POST /<queue>}: replays by {@code reason}, {@code from} and {@code to}, or with {@code "all": true}. */
    @WriteOperation
    WebEndpointResponse<?> replay(
            @Selector String queue,
            @Nullable String reason,
            @Nullable String from,
            @Nullable String to,
            @Nullable Boolean all) {
        return Answers.of(() -> {
            Selection selection = Selection.of(reason, from, to);
            if (selection.isRestricted() == Boolean.TRUE.equals(all)) {
                throw new IllegalArgumentException("Give a reason or a time, or \"all\": true for the whole queue.");
            }
            return letters.replay(queue, selection);
        });
    }

    /** {@code POST /<queue>/<id>}: replays one. */
    @WriteOperation
    WebEndpointResponse<?> replayOne(@Selector String queue, @Selector String id) {
        return Answers.of(() -> found(letters.replay(queue, Selection.one(id))));
    }

    /**
     * {@code DELETE /<queue>?reason=&from=&to=&confirm=}: without {@code confirm} says how many match; with just this
     * number discards them.
     */
    @DeleteOperation
    WebEndpointResponse<?> discard(
            @Selector String queue,
            @Nullable String reason,
            @Nullable String from,
            @Nullable String to,
            @Nullable Integer confirm) {
        return Answers.of(() -> {
            Selection selection = Selection.of(reason, from, to);
            return confirm == null
                    ? toConfirm(selection, letters.count(queue, selection))
                    : letters.discard(queue, selection, confirm);
        });
    }

    /** {@code DELETE /<queue>/<id>}: discards one. */
    @DeleteOperation
    WebEndpointResponse<?> discardOne(@Selector String queue, @Selector String id) {
        return Answers.of(() -> letters.discard(queue, Selection.one(id), 1));
    }

    private static Map<String, Object> toConfirm(Selection selection, int matching) {
        return Map.of(
                "selection",
                selection.toString(),
                "matching",
                matching,
                "done",
                0,
                "note",
                "Nothing was discarded yet. Repeat with confirm=" + matching + " to discard them for good.");
    }

    private static DeadLetters.Outcome found(DeadLetters.Outcome outcome) {
        return outcome.matching() == 0 && outcome.complete() ? null : outcome;
    }
}
