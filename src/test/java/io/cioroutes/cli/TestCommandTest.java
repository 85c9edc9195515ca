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

/** {@code cio test}, as an integrator runs it on a folder with a flow and its cases. */
class TestCommandTest {

    private static final Path EXAMPLES = Path.of("examples/flows");

    @TempDir
    private Path folder;

    @Test
    void casesThatHoldAndCasesThatDoNotAreTold() throws IOException {
        Files.copy(EXAMPLES.resolve("shop-orders.camel.yaml"), folder.resolve("shop-orders.camel.yaml"));
        String right = Files.readString(EXAMPLES.resolve("cases/shop-orders.yaml"));
        Files.writeString(folder.resolve("a-right.yaml"), right);
        Files.writeString(folder.resolve("b-wrong.yaml"), right.replace("order_placed", "order_paid"));
        Files.writeString(folder.resolve("c-unreadable.yaml"), "name: x\nmesages: []\n");

        StringWriter text = new StringWriter();
        CommandLine command = Cli.commandLine();
        command.setOut(new PrintWriter(text));
        command.setErr(new PrintWriter(text));
        int code = command.execute("test", folder.toString());

        assertThat(text.toString())
                .contains("ok    " + folder.resolve("a-right.yaml") + ": an order becomes an event")
                .contains("FAIL  " + folder.resolve("b-wrong.yaml"))
                .contains(
                        """
                              request 0.batch[0].name
                                - expected  "order_paid"
                                + but is    "order_placed"
                        """)
                .contains("FAIL  " + folder.resolve("c-unreadable.yaml"))
                .contains("mesages")
                .endsWith("2 of 3 cases do not hold.\n");
        assertThat(code).isEqualTo(1);
    }

    @Test
    void aFolderWithoutCasesIsAMistake() {
        StringWriter text = new StringWriter();
        CommandLine command = Cli.commandLine();
        command.setErr(new PrintWriter(text));
        assertThat(command.execute("test", folder.toString())).isEqualTo(2);
        assertThat(text.toString()).contains("No case was found");
    }
}
