package io.cioroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Goes through {@code docs/tutorial.md} as written: saves its files, runs its commands, compares what they print. */
class TutorialTest {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\S+)(?: file=(\\S+))?\\n(.*?)^```$");
    private static final String FOLDER = "my-flow";

    @TempDir
    private Path directory;

    @Test
    void everyStepPrintsWhatThePageSays() throws IOException, InterruptedException {
        String page = Files.readString(Path.of("docs/tutorial.md"));
        String printed = null;
        int compared = 0;
        for (MatchResult block : BLOCK.matcher(page).results().toList()) {
            String text = block.group(3);
            switch (block.group(1)) {
                case "yaml" -> {
                    Path file = directory.resolve(block.group(2));
                    Files.createDirectories(file.getParent());
                    Files.writeString(file, text);
                }
                case "sh" -> printed = run(text.strip());
                case "text" -> {
                    assertThat(timeless(printed)).isEqualTo(timeless(text));
                    compared++;
                }
                default -> throw new AssertionError("the tutorial has a block of an unknown kind: " + block.group());
            }
        }
        assertThat(compared).isEqualTo(4);
    }

    private static String timeless(String text) {
        return text.replaceAll("\"timestamp\":\\d+", "\"timestamp\":0");
    }

    private String run(String command) throws IOException, InterruptedException {
        if (!command.startsWith("./cio ")) {
            Process shell = new ProcessBuilder("sh", "-c", command)
                    .directory(directory.toFile())
                    .inheritIO()
                    .start();
            assertThat(shell.waitFor()).as(command).isZero();
            return "";
        }
        StringWriter out = new StringWriter();
        CommandLine cio = Cli.commandLine();
        cio.setOut(new PrintWriter(out));
        cio.setErr(new PrintWriter(out));
        String folder = directory.resolve(FOLDER).toString();
        cio.execute(command.replace(FOLDER, folder).substring("./cio ".length()).split(" "));
        return out.toString().replace(folder, FOLDER);
    }
}
