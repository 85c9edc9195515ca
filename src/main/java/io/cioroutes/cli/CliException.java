package io.cioroutes.cli;

import java.util.Objects;

/** Ends a sub-command with one message for people, without a stack trace. */
public final class CliException extends RuntimeException {
    /** The input cannot be read, or the arguments make no sense together. */
    public static final int USAGE = 2;

    /** The broker cannot be reached, refuses, or was lost on the way; or the service does not answer. */
    public static final int BROKER = 3;

    private final int exitCode;

    /**
     * @param exitCode what the process ends with
     * @param message what happened and what to do
     * @param cause may be null
     */
    public CliException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Arguments or input are not as they must be. */
    public static CliException usage(String message, Throwable cause) {
        return new CliException(USAGE, message, cause);
    }

    /** What the process ends with. */
    public int exitCode() {
        return exitCode;
    }

    /** What an exception of a library says, or what it is called where it says nothing. */
    public static String text(Throwable e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }
}
