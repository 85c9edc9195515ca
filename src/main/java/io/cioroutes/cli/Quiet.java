package io.cioroutes.cli;

/** For commands that speak for themselves. */
public final class Quiet {
    private Quiet() {}

    /**
     * Drops what libraries log: a command tells of every failure in its own words. Call it before any of them is used;
     * without it their DEBUG lines would fill the screen, as nothing configures a log outside of the service.
     */
    public static void libraries() {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        // Otherwise slf4j reports on standard error that it follows the line above.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }
}
