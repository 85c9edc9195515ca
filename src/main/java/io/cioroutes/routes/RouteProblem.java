package io.cioroutes.routes;

/**
 * Something that is wrong with a route file.
 *
 * @param file the file's path, as it was given
 * @param line counted from 1
 * @param text what is wrong and what to do
 */
public record RouteProblem(String file, int line, String text) implements Comparable<RouteProblem> {

    @Override
    public int compareTo(RouteProblem other) {
        int byFile = file.compareTo(other.file);
        return byFile != 0 ? byFile : Integer.compare(line, other.line);
    }

    /** {@code file:line: text}, which editors and build servers make a link of. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + text;
    }
}
