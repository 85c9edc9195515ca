package io.cioroutes.cli.publish;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cioroutes.command.Violation;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The lines that were refused: the first few for the screen, all of them for a report. */
final class Refusals implements AutoCloseable {
    /** Lines named on the screen. */
    private static final int SHOWN = 5;

    /** A longer body is left out of the report: it would not be mended by hand. */
    private static final int LONGEST_BODY = 16 * 1024;

    private final Path file;
    private final BufferedWriter report;
    private final List<String> shown = new ArrayList<>();
    private List<Violation> first = List.of();

    private Refusals(Path file, BufferedWriter report) {
        this.file = file;
        this.report = report;
    }

    /**
     * @param file gets one JSON object a line, with {@code line}, {@code violations} and {@code body}; null for none
     * @param append whether earlier lines of the same import stay in it
     */
    static Refusals to(Path file, boolean append) throws IOException {
        return new Refusals(
                file,
                file == null
                        ? null
                        : Files.newBufferedWriter(
                                file,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** What is kept of a body until its line is reported. */
    static String excerpt(byte[] body) {
        return body.length == 0 || body.length > LONGEST_BODY ? null : new String(body, StandardCharsets.UTF_8);
    }

    /** Reports one line. */
    void add(long line, List<Violation> violations, String body) throws IOException {
        if (shown.isEmpty()) {
            first = violations;
        }
        if (shown.size() < SHOWN) {
            shown.add("line " + line + ": " + violations.get(0)
                    + (violations.size() > 1 ? "; and " + (violations.size() - 1) + " more" : ""));
        }
        if (report != null) {
            ObjectNode entry = Rows.MAPPER.createObjectNode().put("line", line);
            ArrayNode texts = entry.putArray("violations");
            violations.forEach(violation -> texts.add(violation.toString()));
            if (body != null) {
                entry.put("body", body);
            }
            report.write(Rows.MAPPER.writeValueAsString(entry));
            report.newLine();
            report.flush();
        }
    }

    /** The first few refused lines, each with its first violation. */
    List<String> shown() {
        return shown;
    }

    /** Every violation of the first refused line. */
    List<Violation> first() {
        return first;
    }

    /** The report, or null. */
    Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        if (report != null) {
            report.close();
        }
    }
}
