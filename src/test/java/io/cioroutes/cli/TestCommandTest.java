package io.cioroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
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
}
