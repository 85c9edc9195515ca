package io.cioroutes.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.cioroutes.CustomerioRoutes;
import io.cioroutes.broker.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** A start with route files that are wrong. */
@ExtendWith(OutputCaptureExtension.class)
class RouteStartTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path BROKEN = Path.of("src/test/resources/routes/broken");

    @TempDir
    private Path folder;

    /** Each line of what is wrong with the broken files. */
    private List<String> problems;

    @BeforeEach
    void breakFiles() throws IOException {
        FileSystemUtils.copyRecursively(Path.of("routes"), folder.resolve("routes"));
        FileSystemUtils.copyRecursively(BROKEN, folder.resolve("routes/zz"));
        problems = Files.readString(Path.of("src/test/resources/routes/broken.expected.txt"))
                .replace(BROKEN.toString(), folder.resolve("routes/zz").toString())
                .replace("in routes/", "in " + folder.resolve("routes") + "/")
                .lines()
                .toList();
    }

    @Test
    void brokenFilesKeepNoOtherRouteFromStarting(CapturedOutput output) throws IOException {
        try (ConfigurableApplicationContext context = start("local")) {
            CamelContext camel = context.getBean(CamelContext.class);

            assertThat(problems).allSatisfy(line -> assertThat(output).contains("Routes: " + line));
            assertThat(ids(camel)).containsExactlyInAnyOrderElementsOf(shipped());
            assertThat(camel.getRouteController().getRouteStatus("track").isStarted())
                    .isTrue();

            Path corrected = folder.resolve("routes/zz/unknown-bean.camel.yaml");
            Files.writeString(corrected, Files.readString(corrected).replace("recieve", "receive"));
            await().atMost(PATIENCE).until(() -> camel.getRoute("unknown-bean") != null);
        }
    }

    /** What others call is broken: they wait for it too, or their messages would fail. */
    @Test
    void routesWaitForWhatTheyCall(CapturedOutput output) throws IOException {
        FileSystemUtils.deleteRecursively(folder.resolve("routes/zz"));
        Path called = folder.resolve("routes/delivery/outcomes.camel.yaml");
        String right = Files.readString(called);
        Files.writeString(called, right.replaceFirst("routeConfiguration:", "routeConfigurration:"));
        try (ConfigurableApplicationContext context = start("local")) {
            CamelContext camel = context.getBean(CamelContext.class);

            assertThat(camel.getRoute("track")).isNull();
            assertThat(output)
                    .contains("track.camel.yaml:", "there is no routeConfiguration 'outcomes'")
                    .contains(called + " was left out; correct it and save it again");

            Files.writeString(called, right);
            await().atMost(PATIENCE).until(() -> ids(camel).containsAll(shipped()));
            assertThat(camel.getRoute("track").getConfigurationId()).isEqualTo("outcomes");
        }
    }

    @Test
    void inProductionAllThatIsWrongEndsTheStartAtOnce(CapturedOutput output) {
        Throwable failure = catchThrowable(() -> start("prod").close());

        assertThat(failure).rootCause().isInstanceOf(RouteFilesException.class);
        assertThat(output).contains("Route files are wrong:" + System.lineSeparator() + problems.get(0));
        assertThat(problems).allSatisfy(line -> assertThat(output).contains(line));
        assertThat(output)
                .contains("'cio validate' finds the same without a start")
                .doesNotContain("\tat org.apache.camel");
    }

    /** The first look would take the files for changes, and put every route in the place of itself. */
    @Test
    void filesAreNotWatchedWhereTheRoutesCameFromElsewhere() {
        Set<Thread> before = watches();
        try (ConfigurableApplicationContext context =
                start("local", "--camel.main.routes-include-pattern=classpath:routes/webhooks/*.camel.yaml")) {
            assertThat(context.getBean(CamelContext.class).getRoute("receive")).isNotNull();
            assertThat(watches()).isSubsetOf(before);
        }
        try (ConfigurableApplicationContext context = start("local")) {
            assertThat(context.getBean(CamelContext.class).getRoute("receive")).isNotNull();
            assertThat(watches()).isNotEmpty().isNotEqualTo(before);
        }
    }

    private static Set<Thread> watches() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("route-reload"))
                .collect(Collectors.toSet());
    }

    private ConfigurableApplicationContext start(String profile, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.profiles.active=" + profile,
                "--server.port=0",
                "--cio.sandbox.port=0",
                "--cio.roles=commands",
                "--cio.local.directory=" + folder.resolve("data"),
                "--cio.routes.directory=" + folder.resolve("routes"),
                "--cio.routes.reload-interval=50ms",
                "--spring.security.user.password=secret"));
        arguments.addAll(List.of(more));
        if (profile.equals("prod")) {
            arguments.addAll(List.of(
                    "--cio.customerio.site-id=site",
                    "--cio.customerio.track-api-key=track",
                    "--cio.customerio.app-api-key=app",
                    "--logging.structured.format.console="));
        }
        Stream.of(TestBroker.get().propertyValues()).map("--"::concat).forEach(arguments::add);
        return SpringApplication.run(CustomerioRoutes.class, arguments.toArray(String[]::new));
    }

    private static List<String> ids(CamelContext camel) {
        return camel.getRoutes().stream().map(Route::getRouteId).toList();
    }

    private static List<String> shipped() throws IOException {
        return RouteSource.under(Path.of("routes")).stream()
                .filter(source -> source.text().contains("- route:"))
                .map(source -> Path.of(source.name()).getFileName().toString().replace(RouteFile.SUFFIX, ""))
                .toList();
    }
}
