package io.cioroutes.settings;

/** A setting makes no sense. The message says which one and what it must be. */
public final class SettingsException extends RuntimeException {

    /** @param message for the person who set it */
    public SettingsException(String message) {
        super(message);
    }
}
