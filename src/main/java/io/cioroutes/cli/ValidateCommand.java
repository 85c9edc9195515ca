package io.cioroutes.cli;

import io.cioroutes.routes.RouteCheck;
import io.cioroutes.routes.RouteProblem;
import io.cioroutes.routes.RouteSource;
import io.cioroutes.routes.SpringSurroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks route files without starting anything. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        header = "Check route files: shape, endpoints, beans, placeholders, error handling.",
        description = {
            "%nReads route files and says what is wrong with them, a line for each problem:",
            "%n  file:line: what is wrong and what to do",
            "%nNothing is started and nothing is connected. The given files are checked",
            "together with the routes of cio.routes.directory, to which they may refer.%n"
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing is wrong", "1:something is", "2:wrong arguments"})
public final class ValidateCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "PATH",
            arity = "0..*",
            description = "Files or folders; without one, the routes of the service.")
    private List<Path> paths = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw CliException.usage(path + " does not exist: name a route file, or a folder of them.", null);
            }
        }
        SpringSurroundings surroundings = SpringSurroundings.defined();
        String pattern = surroundings.property("cio.routes.pattern").orElseThrow();
        List<RouteSource> base = RouteSource.matching(pattern);
        List<RouteSource> given = new ArrayList<>();
        for (Path path : paths) {
            given.addAll(RouteSource.under(path));
        }
        Set<Path> known = given.stream().map(ValidateCommand::absolute).collect(Collectors.toSet());
        List<RouteSource> others = base.stream()
                .filter(source -> !known.contains(absolute(source)))
                .toList();
        List<RouteSource> subject = paths.isEmpty() ? base : given;
        Set<String> named = subject.stream().map(RouteSource::name).collect(Collectors.toSet());
        List<RouteProblem> problems = new RouteCheck(surroundings)
                .check(Stream.concat(others.stream(), given.stream()).toList()).stream()
                        .filter(problem -> named.contains(problem.file()))
                        .toList();
        PrintWriter out = spec.commandLine().getOut();
        problems.forEach(out::println);
        out.println(
                problems.isEmpty()
                        ? subject.size() + " route files, nothing is wrong."
                        : problems.size() + (problems.size() == 1 ? " problem" : " problems") + " in "
                                + problems.stream()
                                        .map(RouteProblem::file)
                                        .distinct()
                                        .count() + " of "
                                + subject.size() + " route files.");
        out.flush();
        if (subject.isEmpty()) {
            throw CliException.usage("No route file was found; their names end in .camel.yaml.", null);
        }
        return problems.isEmpty() ? 0 : 1;
    }

    private static Path absolute(RouteSource source) {
        return Path.of(source.name()).toAbsolutePath().normalize();
    }
}
