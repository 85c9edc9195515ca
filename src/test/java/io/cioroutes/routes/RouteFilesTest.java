package io.cioroutes.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.cli.Cli;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The rules for route files: the shipped ones keep them, and each way to break them has its message. */
class RouteFilesTest {

    private static final Path ROUTES = Path.of("routes");
    private static final Path EXAMPLES = Path.of("examples/flows");
    private static final Path BROKEN = Path.of("src/test/resources/routes/broken");

    private static SpringSurroundings surroundings;

    @TempDir
    private Path folder;

    @BeforeAll
    static void define() {
        surroundings = SpringSurroundings.defined();
    }

    @Test
    void theShippedRoutesAndExamplesAreRight() throws IOException {
        List<RouteSource> shipped = Stream.of(ROUTES, EXAMPLES)
                .flatMap(folder -> sources(folder).stream())
                .toList();
        assertThat(shipped).hasSizeGreaterThan(30);
        assertThat(new RouteCheck(surroundings).check(shipped)).isEmpty();
        assertThat(shipped).allSatisfy(source -> assertThat(source.text()).startsWith("# "));
        try (Stream<Path> found = Files.walk(ROUTES)) {
            assertThat(found.filter(Files::isRegularFile))
                    .allSatisfy(file -> assertThat(file.toString()).endsWith(RouteFile.SUFFIX));
        }
    }

    /** One message for each file and none more; a broken file does not keep the others from being checked. */
    @Test
    void everyBrokenFileHasItsMessage() throws IOException {
        List<RouteSource> all = Stream.of(ROUTES, BROKEN)
                .flatMap(folder -> sources(folder).stream())
                .toList();

        List<RouteProblem> problems = new RouteCheck(surroundings).check(all);

        String expected = Files.readString(Path.of("src/test/resources/routes/broken.expected.txt"));
        assertThat(String.join(
                                "\n",
                                problems.stream().map(RouteProblem::toString).toList()) + "\n")
                .isEqualTo(expected);
        assertThat(problems.stream().map(RouteProblem::file).distinct())
                .hasSize(sources(BROKEN).size());
    }

    @Test
    void theCommandTellsByItsExitCode() throws IOException {
        Path file = folder.resolve("mine.camel.yaml");
        Files.writeString(
                file,
                Files.readString(EXAMPLES.resolve("shop-orders.camel.yaml")).replace("id: shop-orders", "id: mine"));
        assertThat(validate(file.toString())).isEqualTo("0 1 route files, nothing is wrong.\n");
        Files.writeString(file, Files.readString(file).replace("ref: receive", "ref: recieve"));
        assertThat(validate(folder.toString()))
                .startsWith("1 " + file + ":13: there is no bean 'recieve' (did you mean 'receive'?)")
                .endsWith(" in 1 of 1 route files.\n");
        assertThat(validate(folder.resolve("nothing").toString())).startsWith("2 ");
    }

    private static String validate(String... arguments) {
        StringWriter out = new StringWriter();
        CommandLine command = Cli.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(out));
        String[] all =
                Stream.concat(Stream.of("validate"), Stream.of(arguments)).toArray(String[]::new);
        int code = command.execute(all);
        return code + " " + out;
    }

    private static List<RouteSource> sources(Path folder) {
        try {
            return RouteSource.under(folder);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
