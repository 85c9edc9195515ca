package io.cioroutes.cli.publish;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.broker.BrokerTopology;
import io.cioroutes.broker.TestBroker;
import io.cioroutes.cli.Cli;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Runs {@code publish} against the test broker, and reads what came to the queues. */
final class Publishing implements AutoCloseable {
    /** What a run printed, and its exit code. */
    record Result(int exitCode, String out, String err) {}

    private static final List<String> COMMANDS = List.of("identify", "track", "transactional");

    private final TestBroker broker = TestBroker.get();
    private final Connection connection;
    private final Channel channel;

    Publishing() throws IOException {
        broker.deleteTopology();
        connection = broker.connect();
        channel = connection.createChannel();
    }

    /** Declares exchange and queues, as the service does, though not as quorum queues. */
    Publishing declare() throws IOException {
        channel.exchangeDeclare(BrokerTopology.EXCHANGE, "topic", true);
        for (String command : COMMANDS) {
            channel.queueDeclare(BrokerTopology.queue(command), true, false, false, Map.of());
            channel.queueBind(BrokerTopology.queue(command), BrokerTopology.EXCHANGE, command);
        }
        return this;
    }

    Channel channel() {
        return channel;
    }

    /** Runs {@code publish} with these arguments, against the test broker, in this process. */
    Result run(String... arguments) {
        return execute(withBroker(arguments));
    }

    static Result execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine cli = Cli.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return new Result(cli.execute(arguments), out.toString(), err.toString());
    }

    /** Starts {@code publish} with these arguments in a process of its own. */
    Process start(Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.cioroutes.CustomerioRoutes"));
        command.addAll(List.of(withBroker(arguments)));
        File file = output.toFile();
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(file))
                .start();
    }

    private String[] withBroker(String... arguments) {
        return Stream.concat(Stream.of("publish", "--uri", broker.uri()), Stream.of(arguments))
                .toArray(String[]::new);
    }

    /** Takes everything out of a command's queue. */
    List<GetResponse> take(String command) throws IOException {
        List<GetResponse> messages = new ArrayList<>();
        for (GetResponse next = get(command); next != null; next = get(command)) {
            messages.add(next);
        }
        return messages;
    }

    private GetResponse get(String command) throws IOException {
        return channel.basicGet(BrokerTopology.queue(command), true);
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } finally {
            broker.deleteTopology();
        }
    }

    static String body(GetResponse message) {
        return new String(message.getBody(), java.nio.charset.StandardCharsets.UTF_8);
    }
}
