package io.cioroutes.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The text of a route file.
 *
 * @param name its path, as people know it
 * @param text its content
 */
public record RouteSource(String name, String text) {

    private static final String FILES = "file:";
    private static final String EVERYTHING = "/**/*" + RouteFile.SUFFIX;

    /** Reads a file. */
    public static RouteSource of(Path file) {
        try {
            return new RouteSource(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every route file under a folder, by name; or that one file. */
    public static List<RouteSource> under(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> file.equals(folder) || file.toString().endsWith(RouteFile.SUFFIX))
                    .sorted()
                    .map(RouteSource::of)
                    .toList();
        }
    }

    /** The folders that a pattern as in {@code cio.routes.pattern} names; none for routes in the jar. */
    public static List<Path> folders(String patterns) {
        return Stream.of(patterns.split(","))
                .filter(pattern -> pattern.startsWith(FILES) && pattern.endsWith(EVERYTHING))
                .map(pattern -> Path.of(pattern.substring(FILES.length(), pattern.length() - EVERYTHING.length())))
                .toList();
    }

    /** What a pattern as in {@code cio.routes.pattern} finds, in folders or in the jar. */
    public static List<RouteSource> matching(String patterns) throws IOException {
        List<RouteSource> all = new ArrayList<>();
        for (Path folder : folders(patterns)) {
            all.addAll(under(folder));
        }
        var inJar = new TreeMap<String, RouteSource>();
        var resolver = new PathMatchingResourcePatternResolver();
        for (String pattern : patterns.split(",")) {
            if (!pattern.startsWith(FILES)) {
                for (Resource file : resolver.getResources(pattern.replaceFirst("^classpath:", "classpath*:"))) {
                    String name = pattern.replaceFirst("^classpath:", "");
                    inJar.put(name, new RouteSource(name, file.getContentAsString(StandardCharsets.UTF_8)));
                }
            }
        }
        all.addAll(inJar.values());
        return all;
    }
}
