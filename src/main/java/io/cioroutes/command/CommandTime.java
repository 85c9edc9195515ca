package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads the times of a body: unix seconds, or ISO 8601. */
final class CommandTime {

    /** Customer.io's own SDK refuses anything else, because it is milliseconds or no time at all. */
    private static final long EARLIEST = 1_000_000_000L;

    private static final long LATEST = 99_999_999_999L;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private CommandTime() {}

    /** Whether this can be the time of a command, in unix seconds. */
    static boolean isPlausible(long seconds) {
        return seconds >= EARLIEST && seconds <= LATEST;
    }

    /** Adds a violation where the value of this field is no time of a command. Other types are the schema's matter. */
    static void check(String field, JsonNode value, Violations violations) {
        check(field, value, EARLIEST, false, violations);
    }

    /** As {@link #check}, for a time that may lie before 2001 and may be a date alone. */
    static void checkDate(String field, JsonNode value, Violations violations) {
        check(field, value, 0, true, violations);
    }

    /** The time in unix seconds, of a value that was checked. */
    static long seconds(JsonNode value) {
        if (value.isNumber()) {
            return value.longValue();
        }
        String text = value.textValue();
        if (NUMBER.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        return DATE.matcher(text).matches()
                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toEpochSecond()
                : OffsetDateTime.parse(text, ISO).toEpochSecond();
    }

    private static void check(String field, JsonNode value, long earliest, boolean dateAlone, Violations violations) {
        if (value.isNumber()) {
            // A double is exact enough here, and quick for numbers of any size.
            checkSeconds(field, value.doubleValue(), earliest, violations);
        } else if (value.isTextual()) {
            String text = value.textValue();
            if (NUMBER.matcher(text).matches()) {
                checkSeconds(field, Long.parseLong(text), earliest, violations);
            } else {
                checkIso(field, value, dateAlone, violations);
            }
        }
    }

    private static void checkSeconds(String field, double seconds, long earliest, Violations violations) {
        if (!(seconds >= earliest && seconds < LATEST + 1.0)) {
            violations.add(
                    field,
                    "must be unix seconds from " + earliest + " to " + LATEST
                            + (seconds > LATEST ? " (are these milliseconds?)" : ""));
        }
    }

    private static void checkIso(String field, JsonNode value, boolean dateAlone, Violations violations) {
        String example = dateAlone ? "2026-01-31 or 2026-01-31T08:00:00Z" : "2026-01-31T08:00:00Z";
        if (!dateAlone && DATE.matcher(value.textValue()).matches()) {
            violations.add(field, "must say the time of day and its offset, for example " + example);
            return;
        }
        try {
            seconds(value);
        } catch (DateTimeException e) {
            violations.add(field, "must be unix seconds or ISO 8601 with an offset, for example " + example);
        }
    }
}
