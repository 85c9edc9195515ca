package io.cioroutes.doctor;

import java.util.Locale;

/**
 * One thing that was looked at.
 *
 * @param level whether it is as it must be
 * @param area what it belongs to, for example {@code broker}
 * @param what what was found, for people; never a secret
 * @param action what to do about it; empty where nothing is to be done
 */
public record Finding(Level level, String area, String what, String action) {

    /** How bad it is. */
    public enum Level {
        /** As it must be. */
        OK,
        /** Works, but is hardly meant. */
        WARNING,
        /** Does not work. */
        PROBLEM;

        /** The name as it is shown and written to JSON. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** All is well. */
    public static Finding ok(String area, String what) {
        return new Finding(Level.OK, area, what, "");
    }

    /** Somebody should look at this. */
    public static Finding warning(String area, String what, String action) {
        return new Finding(Level.WARNING, area, what, action);
    }

    /** This does not work. */
    public static Finding problem(String area, String what, String action) {
        return new Finding(Level.PROBLEM, area, what, action);
    }
}
