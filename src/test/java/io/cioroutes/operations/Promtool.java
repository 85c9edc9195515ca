package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Prometheus' own tool, which checks rules and evaluates them over given samples. */
final class Promtool {

    static final Path RULES = Path.of("deploy/prometheus/alerts.yml").toAbsolutePath();

    private Promtool() {}

    /** Skips the calling test, loudly, where there is none. */
    static void requiredOrSkip() {
        boolean available = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
        String reason = "SKIPPED: this test needs promtool (Debian: prometheus).";
        if (!available) {
            System.out.println(reason);
        }
        Assumptions.assumeTrue(available, reason);
    }

    /** Runs unit tests of the alert rules. */
    static void test(Path directory, List<Map<String, Object>> tests) throws IOException, InterruptedException {
        Path file = directory.resolve("tests.yml");
        // JSON is YAML.
        new JsonMapper()
                .writeValue(
                        file.toFile(),
                        Map.of("rule_files", List.of(RULES.toString()), "evaluation_interval", "1m", "tests", tests));
        run("test", "rules", file.toString());
    }

    /** Runs it; it must find nothing wrong. */
    static void run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
