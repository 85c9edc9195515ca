package io.cioroutes.settings;

/**
 * A setting as it is in effect.
 *
 * @param name its property, for example {@code cio.track.calls}
 * @param value its value, masked where it is a secret
 * @param origin who says so, for people: {@code environment variable CIO_TRACK_CALLS}; empty for a default
 */
public record Setting(String name, String value, String origin) {

    /** Whether somebody has set it. */
    public boolean isSet() {
        return !origin.isEmpty();
    }
}
