package io.cioroutes.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Terraform itself formats, validates and tests the configuration, with a stand-in for the provider. Skipped where there
 * is no {@code terraform} on the path; {@link TerraformTest} checks what can be checked without.
 */
class TerraformRunTest {

    /** What the configuration reads, in the layout of the repository. */
    private static final List<String> FOLDERS =
            List.of("terraform", "src/main/resources/analytics", "deploy/prometheus");

    private static StandInProvider provider;

    @TempDir
    Path copy;

    @BeforeAll
    static void startProvider() {
        boolean terraform = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "terraform")));
        assumeTrue(terraform, "terraform is not on the path: its own checks are skipped");
        provider = new StandInProvider(ProviderSchema.load());
    }

    @AfterAll
    static void stopProvider() {
        if (provider != null) {
            provider.close();
        }
    }

    @BeforeEach
    void copyProject() throws IOException {
        for (String folder : FOLDERS) {
            for (Map.Entry<String, String> file : Project.readAll(folder).entrySet()) {
                Path target = copy.resolve(folder).resolve(file.getKey());
                Files.createDirectories(target.getParent());
                Files.writeString(target, file.getValue());
            }
        }
    }

    @Test
    void isFormattedValidAndPassesItsTests() throws Exception {
        assertThat(terraform("fmt", "-check", "-diff", "-recursive")).startsWith("0\n");
        initialize();
        assertThat(terraform("validate")).startsWith("0\n");
        assertThat(terraform("test")).startsWith("0\n").contains("0 failed");
    }

    @ParameterizedTest(name = "{1}: {2} -> {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    fmt -check -diff -recursive | run.tf | memory = var.workers.memory | memory =  var.workers.memory | memory = var.workers.memory
                    validate | run.tf       | cpu_idle          = false | cpu_idel          = false | An argument named "cpu_idel" is not expected here
                    test -filter=tests/foundation.tftest.hcl | secrets.tf | workloads = ["webhooks"] | workloads = ["workers"] | The webhook service must not read API keys
                    """)
    void aMistakeIsFound(String command, String file, String right, String wrong, String message) throws Exception {
        Path broken = copy.resolve("terraform").resolve(file);
        String text = Files.readString(broken);
        assertThat(text).contains(right);
        Files.writeString(broken, text.replace(right, wrong));
        if (!command.startsWith("fmt")) {
            initialize();
        }

        assertThat(terraform(command.split(" "))).doesNotStartWith("0\n").contains(message);
    }

    private void initialize() throws Exception {
        assertThat(terraform("init", "-backend=false")).startsWith("0\n");
    }

    /** Exit code in the first line, then everything that Terraform printed, in one line per paragraph. */
    private String terraform(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("terraform"));
        command.addAll(List.of(arguments));
        if (!arguments[0].equals("fmt")) {
            command.add("-no-color");
        }
        Path output = copy.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(copy.resolve("terraform").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("TF_"));
        builder.environment().put("TF_REATTACH_PROVIDERS", provider.reattach());
        builder.environment().put("CHECKPOINT_DISABLE", "1");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES))
                    .as("terraform ended")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        // Terraform breaks its messages into lines.
        String text = Files.readString(output, StandardCharsets.UTF_8).replaceAll("(?<=\\S)\\n(?=\\S)", " ");
        return process.exitValue() + "\n" + text;
    }
}
