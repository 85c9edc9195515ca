package io.cioroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code cio test} with wrong arguments; TutorialTest runs it as an integrator does. */
class TestCommandTest {

    @TempDir
    private Path folder;

    @Test
    void aFolderWithoutCasesIsAMistake() {
        StringWriter text = new StringWriter();
        CommandLine command = Cli.commandLine();
        command.setErr(new PrintWriter(text));
        assertThat(command.execute("test", folder.toString())).isEqualTo(2);
        assertThat(text.toString()).contains("No case was found");
    }

    @Test
    void aCaseForAQueueThatNoRouteConsumesSaysSo() throws IOException {
        Files.writeString(
                folder.resolve("case.yaml"),
                """
                name: an order
                messages:
                  - {queue: nobodys.orders, body: {}, outcome: delivered}
                """);
        StringWriter text = new StringWriter();
        CommandLine command = Cli.commandLine();
        command.setOut(new PrintWriter(text));
        assertThat(command.execute("test", folder.toString())).isEqualTo(1);
        assertThat(text.toString()).contains("no route consumes from 'nobodys.orders'");
    }
}
