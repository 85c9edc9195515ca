package io.cioroutes.operations;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which dead letters of a queue are meant; null leaves a criterion out.
 *
 * @param id one of them
 * @param reason those with this reason
 * @param from those that failed at this time or later
 * @param to those that failed before this time
 */
record Selection(String id, String reason, Instant from, Instant to) {

    /** Every one. */
    static final Selection ALL = new Selection(null, null, null, null);

    /** One, by its id. */
    static Selection one(String id) {
        if (blank(id) == null) {
            throw new IllegalArgumentException("the id is missing: the list of dead letters shows it");
        }
        return new Selection(id.strip(), null, null, null);
    }

    /**
     * By reason and time.
     *
     * @param reason as the list shows it; empty for any
     * @param from ISO 8601 with offset, for example {@code 2026-11-24T07:00:00Z}; empty for any
     * @param to likewise
     */
    static Selection of(String reason, String from, String to) {
        return new Selection(null, blank(reason), time("from", from), time("to", to));
    }

    /** Whether any criterion is given. */
    boolean isRestricted() {
        return !ALL.equals(this);
    }

    boolean matches(DeadLetter letter) {
        if (reason != null && !reason.equals(letter.reason())) {
            return false;
        }
        if (from != null || to != null) {
            Instant failedAt = letter.failedAt();
            if (failedAt == null
                    || (from != null && failedAt.isBefore(from))
                    || (to != null && !failedAt.isBefore(to))) {
                return false;
            }
        }
        return id == null || id.equals(letter.id());
    }

    private static String blank(String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    private static Instant time(String name, String text) {
        if (blank(text) == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text.strip()).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' is '" + text + "', but must be a time such as 2026-11-24T07:00:00Z", e);
        }
    }

    @Override
    public String toString() {
        List<String> criteria = new ArrayList<>();
        if (id != null) {
            criteria.add("id " + id);
        }
        if (reason != null) {
            criteria.add("reason " + reason);
        }
        if (from != null) {
            criteria.add("failed from " + from);
        }
        if (to != null) {
            criteria.add("failed before " + to);
        }
        return criteria.isEmpty() ? "all" : String.join(", ", criteria);
    }
}
