package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;

class EmbeddedBrokerTest {
    private static final int MESSAGES = 200;

    @TempDir
    Path directory;

    @Test
    void keepsConfirmedMessagesOverKillMinus9() throws Exception {
        Process process = process();
        process.destroyForcibly().waitFor();

        assertThat(kept()).isEqualTo(running());
    }

    @Test
    void servesItsClientsUntilItIsClosedWhenTheProcessIsAskedToStop() throws Exception {
        Process process = process();
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

        assertThat(directory.resolve("broker.json")).doesNotExist();
        assertThat(kept()).hasSize(MESSAGES + 1).endsWith("stopping");
    }

    @Test
    void keepsMessagesThatWerePublishedAsNotPersistentWhereAQuorumQueueWould() throws Exception {
        Queue queue =
                QpidArguments.translate(QueueBuilder.durable("kept").quorum().build());
        try (EmbeddedBroker broker = EmbeddedBroker.durable(TestBroker.freePort(), directory);
                Connection connection = TestBroker.connect(broker.uri());
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            channel.queueDeclare("kept", true, false, false, queue.getArguments());
            channel.basicPublish("", "kept", true, MessageProperties.BASIC, "transient".getBytes());
            channel.waitForConfirmsOrDie(10_000);
        }
        assertThat(kept()).containsExactly("transient");
    }

    @Test
    void saysWhereItListensWhileItRuns() throws Exception {
        Path file = directory.resolve("broker.json");
        int port = TestBroker.freePort();
        try (EmbeddedBroker broker = EmbeddedBroker.durable(port, directory)) {
            assertThat(broker.uri()).isEqualTo("amqp://guest:guest@127.0.0.1:" + port);
            assertThat(file).hasContent("{\"uri\":\"" + broker.uri() + "\"}");
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void refusesADirectoryInUseAndLeavesTheOtherBrokerAlone() throws Exception {
        try (EmbeddedBroker first = EmbeddedBroker.durable(TestBroker.freePort(), directory)) {
            assertThatThrownBy(() -> EmbeddedBroker.durable(TestBroker.freePort(), directory))
                    .isInstanceOf(BrokerSetupException.class)
                    .hasMessage("Another instance uses the embedded broker's directory "
                            + directory.resolve("broker").toAbsolutePath() + ".");
            assertThat(directory.resolve("broker.json")).exists();
            try (Connection connection = TestBroker.connect(first.uri())) {
                assertThat(connection.isOpen()).isTrue();
            }
        }
    }

    @Test
    void refusesATakenPortAndReleasesTheDirectory() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> EmbeddedBroker.durable(taken.getLocalPort(), directory))
                    .isInstanceOf(BrokerSetupException.class)
                    .hasMessageContaining("The embedded broker did not start on 127.0.0.1:" + taken.getLocalPort());
        }
        EmbeddedBroker.durable(TestBroker.freePort(), directory).close();
    }

    @Test
    void listensOnTheLoopbackAddressOnly() throws Exception {
        Optional<InetAddress> other = outsideAddress();
        Assumptions.assumeTrue(other.isPresent(), "this machine has no address but loopback");
        try (EmbeddedBroker broker = EmbeddedBroker.inMemory(TestBroker.freePort())) {
            assertThatThrownBy(() -> new Socket(other.get(), broker.port()).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void leavesNothingBehindInMemory() throws Exception {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        List<Path> before = workDirectories(temporary);
        EmbeddedBroker.inMemory(TestBroker.freePort()).close();
        assertThat(workDirectories(temporary)).isEqualTo(before);
    }

    private static List<Path> workDirectories(Path temporary) throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith(EmbeddedBroker.workPrefix()))
                    .toList();
        }
    }

    private static Optional<InetAddress> outsideAddress() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
    }

    /** A process that has published {@link #MESSAGES} messages, each confirmed. */
    private Process process() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        EmbeddedBrokerProcess.class.getName(),
                        String.valueOf(TestBroker.freePort()),
                        directory.toString(),
                        String.valueOf(MESSAGES))
                .redirectErrorStream(true)
                .start();
        BufferedReader output = process.inputReader();
        List<String> lines = new ArrayList<>();
        String line;
        while ((line = output.readLine()) != null && !line.equals("published")) {
            lines.add(line);
        }
        assertThat(line).as("the process ended:\n%s", String.join("\n", lines)).isNotNull();
        return process;
    }

    private static List<String> running() {
        return IntStream.range(0, MESSAGES).mapToObj(i -> "running " + i).toList();
    }

    /** What a broker that is started anew finds in the queue. */
    private List<String> kept() throws Exception {
        List<String> bodies = new ArrayList<>();
        try (EmbeddedBroker broker = EmbeddedBroker.durable(TestBroker.freePort(), directory);
                Connection connection = TestBroker.connect(broker.uri());
                Channel channel = connection.createChannel()) {
            GetResponse response;
            while ((response = channel.basicGet("kept", true)) != null) {
                bodies.add(new String(response.getBody()));
            }
        }
        return bodies;
    }
}
