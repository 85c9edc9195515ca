package io.cioroutes.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cioroutes.cli.CliException;
import io.cioroutes.command.CommandType;
import io.cioroutes.command.Violation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final List<Violation> VIOLATIONS = List.of(new Violation("attrs.x", "wrong"));

    @TempDir
    Path directory;

    private Path file;
    private Path report;

    @BeforeEach
    void files() {
        file = directory.resolve("checkpoint");
        report = directory.resolve("refused.ndjson");
    }

    @Test
    void theCheckpointNeverPassesAnUnconfirmedLine() throws IOException {
        try (Checkpoint checkpoint = open("a");
                Refusals refusals = Refusals.to(report, false)) {
            Ledger ledger = new Ledger(refusals, checkpoint);
            Runnable first = ledger.publish(line(1));
            Runnable second = ledger.publish(line(2));
            ledger.refuse(line(3), VIOLATIONS);
            Runnable fifth = ledger.publish(line(5));

            second.run();
            assertThat(checkpoint.line()).isZero();
            assertThat(report).isEmptyFile();

            first.run();
            assertThat(checkpoint.line()).isEqualTo(3);
            assertThat(report)
                    .content()
                    .isEqualTo(
                            """
                    {"line":3,"violations":["attrs.x: wrong"],"body":"{}"}
                    """);

            fifth.run();
            assertThat(checkpoint.line()).isEqualTo(5);
            assertThat(ledger.published()).isEqualTo(3);
            assertThat(ledger.refused()).isEqualTo(1);
            assertThat(ledger.open()).isZero();
        }
    }

    @Test
    void aCheckpointIsReadAgain() throws IOException {
        String run;
        try (Checkpoint checkpoint = open("a")) {
            run = checkpoint.run();
            checkpoint.advance(1_000_000, "a", false);
            checkpoint.advance(1_000_001, "b", true);
        }
        try (Checkpoint checkpoint = open("a")) {
            assertThat(checkpoint.run()).isEqualTo(run);
            assertThat(checkpoint.line()).isEqualTo(1_000_001);
            assertThat(checkpoint.mark()).isEqualTo("b");
            assertThat(checkpoint.published()).isEqualTo(1);
            assertThat(checkpoint.refused()).isEqualTo(1);
        }
    }

    @Test
    void aCheckpointBelongsToOneImport() throws IOException {
        open("a").close();

        assertThatThrownBy(() -> open("b")).isInstanceOf(CliException.class).hasMessageContaining("another import");
        Files.writeString(file, "something else");
        assertThatThrownBy(() -> open("a")).isInstanceOf(CliException.class).hasMessageContaining("no checkpoint");
    }

    @Test
    void aCheckpointIsUsedByOneProcess() throws IOException {
        try (Checkpoint mine = open("a")) {
            assertThatThrownBy(() -> open("a")).isInstanceOf(CliException.class).hasMessageContaining("in use");
            assertThat(mine.line()).isZero();
        }
    }

    private static Line line(long number) {
        return Line.of(number, "{}".getBytes(StandardCharsets.UTF_8));
    }

    private Checkpoint open(String fingerprint) throws IOException {
        return Checkpoint.open(file, CommandType.IDENTIFY, fingerprint);
    }
}
