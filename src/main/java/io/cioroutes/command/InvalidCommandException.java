package io.cioroutes.command;

import java.util.List;
import java.util.stream.Collectors;

/** A message that can never be delivered as it is. Its message is one line for people that names every violation. */
public final class InvalidCommandException extends Exception {

    /** Keeps the line short enough for a message header. {@link #violations()} has them all. */
    private static final int NAMED = 20;

    private final List<Violation> violations;

    InvalidCommandException(List<Violation> violations) {
        // No stack trace: this is an outcome, not a fault of the program, and may come in thousands.
        super(describe(violations), null, false, false);
        this.violations = List.copyOf(violations);
    }

    /** One that concerns the message as a whole. */
    public static InvalidCommandException because(String text) {
        return Violations.single("", text);
    }

    /** Every violation, in the order of the checks. Never empty. */
    public List<Violation> violations() {
        return violations;
    }

    private static String describe(List<Violation> violations) {
        String line = violations.stream().limit(NAMED).map(Violation::toString).collect(Collectors.joining("; "));
        int more = violations.size() - NAMED;
        return more > 0 ? line + "; and " + more + " more" : line;
    }
}
