package io.cioroutes.command;

import java.util.ArrayList;
import java.util.List;

/** Collects the violations of one message. */
final class Violations {

    private static final int FIELD_LENGTH = 120;

    private final List<Violation> found = new ArrayList<>(0);

    void add(String field, String message) {
        found.add(new Violation(printable(field), message));
    }

    void throwIfAny() throws InvalidCommandException {
        if (!found.isEmpty()) {
            throw new InvalidCommandException(found);
        }
    }

    static InvalidCommandException single(String field, String message) {
        return new InvalidCommandException(List.of(new Violation(printable(field), message)));
    }

    /** Field names come from the publisher: they must not break a header or forge a line of the log. */
    static String printable(String field) {
        String shortened = field.length() <= FIELD_LENGTH ? field : field.substring(0, FIELD_LENGTH) + "…";
        StringBuilder clean = null;
        for (int i = 0; i < shortened.length(); i++) {
            char c = shortened.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) || Character.getType(c) == Character.FORMAT) {
                clean = clean == null ? new StringBuilder(shortened) : clean;
                clean.setCharAt(i, '?');
            }
        }
        return clean == null ? shortened : clean.toString();
    }
}
