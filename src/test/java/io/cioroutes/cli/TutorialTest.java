package io.cioroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.CustomerioRoutes;
import io.cioroutes.broker.TestBroker;
import io.cioroutes.sandbox.SandboxServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;

/** Goes through {@code docs/tutorial.md} as written: saves its files, runs its commands, compares what they print. */
class TutorialTest {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\S+)(?: file=(\\S+))?\\n(.*?)^```$");
    private static final Pattern PUBLISH = Pattern.compile("amqp-publish .* -r (\\S+) -p -b '(.*)'");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
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
        seeItRun(page);
    }

    /** The last section: the flow in the service, a message to its queue, and a change while it runs. */
    private void seeItRun(String page) throws IOException {
        Path routes = directory.resolve("routes");
        FileSystemUtils.copyRecursively(Path.of("routes"), routes);
        Path flow = routes.resolve("flows/my-orders.camel.yaml");
        Files.createDirectories(flow.getParent());
        Files.copy(directory.resolve(FOLDER).resolve("my-orders.camel.yaml"), flow);
        MatchResult publish = PUBLISH.matcher(page).results().findFirst().orElseThrow();
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.profiles.active=local",
                "--server.port=0",
                "--cio.sandbox.port=0",
                "--cio.roles=commands",
                "--cio.routes.directory=" + routes,
                "--cio.local.directory=" + directory.resolve("data")));
        Stream.of(TestBroker.embedded().propertyValues()).map("--"::concat).forEach(arguments::add);
        try (ConfigurableApplicationContext service =
                SpringApplication.run(CustomerioRoutes.class, arguments.toArray(String[]::new))) {
            SandboxServer sandbox = service.getBean(SandboxServer.class);
            RabbitTemplate rabbit = service.getBean(RabbitTemplate.class);
            rabbit.send(publish.group(1), message(publish.group(2)));
            await().atMost(PATIENCE).until(() -> sandbox.requests().toString().contains("order_placed"));

            Files.writeString(flow, Files.readString(flow).replace("order_placed", "order_paid"));
            CamelContext camel = service.getBean(CamelContext.class);
            Route before = camel.getRoute("my-orders");
            await().atMost(PATIENCE)
                    .until(() -> camel.getRoute("my-orders") != null && camel.getRoute("my-orders") != before);
            rabbit.send(publish.group(1), message(publish.group(2)));
            await().atMost(PATIENCE).until(() -> sandbox.requests().toString().contains("order_paid"));
        }
    }

    private static Message message(String body) {
        return new Message(body.getBytes(StandardCharsets.UTF_8));
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
