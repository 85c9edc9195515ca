package io.cioroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.rabbitmq.client.Connection;
import io.cioroutes.CustomerioRoutes;
import io.cioroutes.broker.EmbeddedBroker;
import io.cioroutes.broker.FlowTopology;
import io.cioroutes.broker.RetrySteps;
import io.cioroutes.cases.RouteCase;
import io.cioroutes.cases.RouteCaseRunner;
import io.cioroutes.sandbox.SandboxServer;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.amqp.RabbitProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs route cases on the real routes, with a broker and a sandbox of its own. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        header = "Run route cases: messages in, requests to Customer.io out.",
        description = {
            "%nStarts the service with an embedded broker and a sandbox of its own, in a",
            "temporary folder; what else runs on this machine is not touched, and settings",
            "that name a broker or Customer.io are passed over. Then runs every case",
            "(*.yaml) of the folders on the routes, and on the route files (*.camel.yaml)",
            "that lie in the same folders. docs/testing.md describes cases.%n"
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every case holds", "1:one does not, or the service did not start", "2:wrong arguments"})
public final class TestCommand implements Callable<Integer> {

    private static final Pattern DIFFERENCE = Pattern.compile("(?s)(.*?): expected (.*), but it is (.*)");

    @Parameters(paramLabel = "FOLDER", arity = "1..*", description = "Folders of cases, or files.")
    private List<Path> folders = new ArrayList<>();

    @Option(
            names = "--routes",
            paramLabel = "FOLDER",
            defaultValue = "${env:CIO_ROUTES_DIRECTORY:-routes}",
            description = "The routes of the service; '${DEFAULT-VALUE}' by default.")
    private String routes;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, TimeoutException {
        List<Path> cases = new ArrayList<>();
        for (Path folder : folders) {
            if (!Files.exists(folder)) {
                throw CliException.usage(folder + " does not exist: name a folder of cases, or a case.", null);
            }
            try (Stream<Path> found = Files.walk(folder)) {
                found.filter(TestCommand::isCase).sorted().forEach(cases::add);
            }
        }
        if (cases.isEmpty()) {
            throw CliException.usage("No case was found; a case is a file that ends in .yaml.", null);
        }
        Path directory = Files.createTempDirectory("cio-test");
        PrintWriter out = spec.commandLine().getOut();
        try (ConfigurableApplicationContext context = start(directory)) {
            return run(context, cases, out) ? 0 : 1;
        } finally {
            FileSystemUtils.deleteRecursively(directory);
        }
    }

    private static boolean isCase(Path file) {
        String name = file.toString();
        return Files.isRegularFile(file) && name.endsWith(".yaml") && !name.endsWith(".camel.yaml");
    }

    private ConfigurableApplicationContext start(Path directory) {
        Map<String, String> settings = new LinkedHashMap<>();
        // Never a broker or a workspace of somebody's: cases empty queues.
        Stream.of(
                        "spring.rabbitmq.host",
                        "spring.rabbitmq.port",
                        "spring.rabbitmq.addresses",
                        "CUSTOMERIO_TRACK_URL",
                        "CUSTOMERIO_APP_URL",
                        "CUSTOMERIO_SITE_ID",
                        "CUSTOMERIO_TRACK_API_KEY",
                        "CUSTOMERIO_APP_API_KEY")
                .forEach(name -> settings.put(name, ""));
        settings.put("spring.profiles.active", "local");
        settings.put("logging.level.root", "ERROR");
        settings.put("logging.level.io.cioroutes", "ERROR");
        settings.put("server.port", "0");
        settings.put("cio.local.directory", directory.toString());
        settings.put("cio.broker.embedded.port", "0");
        settings.put("cio.routes.directory", directories());
        settings.put("cio.routes.reload-interval", "0s");
        settings.put("cio.routes.broken-files", "refuse");
        settings.putAll(RouteCaseRunner.SETTINGS);
        String[] arguments = settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
        try {
            return new SpringApplication(CustomerioRoutes.class).run(arguments);
        } catch (RuntimeException e) {
            throw new CliException(
                    1, "The service did not start: " + CliException.text(e) + ". Try './cio validate'.", e);
        }
    }

    private String directories() {
        Stream<String> beside = folders.stream()
                .map(folder -> Files.isDirectory(folder)
                        ? folder
                        : folder.toAbsolutePath().getParent())
                .map(Path::toString);
        Path base = Path.of(routes).toAbsolutePath().normalize();
        return Stream.concat(
                        Stream.of(routes),
                        beside.filter(folder ->
                                !Path.of(folder).toAbsolutePath().normalize().startsWith(base)))
                .distinct()
                .collect(Collectors.joining(","));
    }

    private boolean run(ConfigurableApplicationContext context, List<Path> cases, PrintWriter out)
            throws IOException, TimeoutException {
        if (context.getBeanProvider(EmbeddedBroker.class).getIfAvailable() == null) {
            throw new CliException(1, "The broker is not the test's own: nothing was run.", null);
        }
        SandboxServer sandbox = context.getBean(SandboxServer.class);
        int failed = 0;
        try (Connection connection = BrokerAddress.of(context.getBean(RabbitProperties.class), "the service's settings")
                .connect("cio test")) {
            var runner = new RouteCaseRunner(
                    connection,
                    sandbox,
                    context.getBean(CircuitBreakerRegistry.class),
                    context.getBean(MeterRegistry.class),
                    context.getBean(RetrySteps.class));
            FlowTopology flows = context.getBean(FlowTopology.class);
            for (Path file : cases) {
                List<String> differences = differences(runner, flows, file, out);
                failed += differences.isEmpty() ? 0 : 1;
                differences.forEach(difference -> print(difference, out));
                out.flush();
            }
        }
        out.println();
        out.println(
                failed == 0
                        ? cases.size() + " cases, all hold."
                        : failed + " of " + cases.size() + " cases do not hold.");
        out.flush();
        return failed == 0;
    }

    private static List<String> differences(RouteCaseRunner runner, FlowTopology flows, Path file, PrintWriter out)
            throws IOException, TimeoutException {
        try {
            RouteCase routeCase = RouteCase.read(file);
            List<String> unknown = routeCase.messages().stream()
                    .map(RouteCase.Message::queue)
                    .filter(queue -> queue != null && !flows.isFlow(queue))
                    .distinct()
                    .map(queue -> "no route consumes from '" + queue + "': name the folder of its route, too")
                    .toList();
            if (!unknown.isEmpty()) {
                out.println("FAIL  " + file + ": " + routeCase.name());
                return unknown;
            }
            List<String> differences = runner.run(routeCase);
            out.println((differences.isEmpty() ? "ok    " : "FAIL  ") + file + ": " + routeCase.name());
            return differences;
        } catch (JsonProcessingException e) {
            out.println("FAIL  " + file);
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            return List.of("line " + line + ": " + e.getOriginalMessage());
        }
    }

    /** What was expected above what there is, so that the eye finds where they part. */
    private static void print(String difference, PrintWriter out) {
        Matcher parts = DIFFERENCE.matcher(difference);
        if (parts.matches()) {
            out.println("      " + parts.group(1));
            out.println("        - expected  " + parts.group(2));
            out.println("        + but is    " + parts.group(3));
        } else {
            out.println("      " + difference);
        }
    }
}
