package io.cioroutes.operations;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Who paused which command, and when, so that the health can say it. */
final class Pauses {

    private final Map<String, String> notes = new ConcurrentHashMap<>();

    void paused(String command, String user) {
        notes.put(command, "paused by " + user + " at " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    void resumed(String command) {
        notes.remove(command);
    }

    /** The note on a command that was paused by the operation for it. */
    Optional<String> note(String command) {
        return Optional.ofNullable(notes.get(command));
    }
}
