package io.cioroutes.cli;

import java.io.Console;
import picocli.CommandLine.Help.Ansi;

/** What the output goes to. */
public final class Terminal {
    /** The width that all output is made for, in columns. */
    public static final int WIDTH = 80;

    /** Set by the launcher, which can tell; Java knows only whether input and output both are a terminal. */
    private static final String PROPERTY = "cio.terminal";

    private static final int CONSOLE_IS_ALWAYS_THERE = 22;

    private Terminal() {}

    /** Whether somebody watches: then there may be a moving progress bar, and colours. */
    public static boolean isInteractive() {
        String told = System.getProperty(PROPERTY);
        if (told != null) {
            return Boolean.parseBoolean(told);
        }
        Console console = System.console();
        return console != null && (Runtime.version().feature() < CONSOLE_IS_ALWAYS_THERE || isTerminal(console));
    }

    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Java 22 and later have Console.isTerminal", e);
        }
    }

    /** Colours for people who watch and did not say no: <a href="https://no-color.org">NO_COLOR</a>. */
    public static Ansi ansi() {
        String noColor = System.getenv("NO_COLOR");
        return isInteractive() && (noColor == null || noColor.isEmpty()) ? Ansi.ON : Ansi.OFF;
    }
}
