package io.cioroutes.cli.demo;

import io.cioroutes.cli.Terminal;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.ColorScheme;

/** Prints to somebody who watches, or to a log. */
final class Screen {
    /** How often progress is shown: where it moves, and in a log. */
    private static final long MOVE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PrintWriter out;
    private final ColorScheme colors;
    private final boolean moves = Terminal.isInteractive();
    private int moving;
    private long lastProgress = System.nanoTime();

    Screen(PrintWriter out, ColorScheme colors) {
        this.out = out;
        this.colors = colors;
    }

    /** Prints a line. */
    void line(String text) {
        wipe();
        out.println(text);
        out.flush();
    }

    /** Prints an empty line. */
    void line() {
        line("");
    }

    /** A line that the next one replaces; in a log, one now and then. */
    void progress(String text) {
        if (System.nanoTime() - lastProgress < (moves ? MOVE_NANOS : LOG_NANOS)) {
            return;
        }
        lastProgress = System.nanoTime();
        if (moves) {
            String shown = text.length() < Terminal.WIDTH ? text : text.substring(0, Terminal.WIDTH - 1);
            out.print("\r" + shown + " ".repeat(Math.max(0, moving - shown.length())));
            moving = shown.length();
        } else {
            out.println(text);
        }
        out.flush();
    }

    private void wipe() {
        if (moving > 0) {
            out.print("\r" + " ".repeat(moving) + "\r");
            moving = 0;
        }
    }

    String bold(String text) {
        return styled(text, Style.bold);
    }

    String good(String text) {
        return styled(text, Style.fg_green);
    }

    String bad(String text) {
        return styled(text, Style.fg_red);
    }

    private String styled(String text, Style... styles) {
        return colors.apply(text, java.util.List.of(styles)).toString();
    }
}
