package io.cioroutes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The calculation of capacity and cost runs as documented, and its result is what the documentation shows. */
class CapacityTest {

    private static final Pattern BACKLOG = Pattern.compile("commands ([\\d,]+), analytics ([\\d,]+)");

    /** What the program prints. */
    private static String run() {
        try {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Process process = new ProcessBuilder(java, "deploy/capacity/Capacity.java")
                    .directory(Project.ROOT.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Messages per instance at which autoscaling adds one, by deployment. */
    static Map<String, String> autoscaling() {
        MatchResult values = BACKLOG.matcher(run()).results().findFirst().orElseThrow();
        return Map.of(
                "commands",
                values.group(1).replace(",", ""),
                "analytics",
                values.group(2).replace(",", ""));
    }

    @Test
    void theDocumentationShowsTheResult() {
        assertThat(Project.read("docs/deploy.md")).contains(run().strip());
    }
}
