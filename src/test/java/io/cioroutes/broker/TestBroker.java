package io.cioroutes.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.containers.RabbitMQContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The broker that tests run against, chosen once: {@code RABBITMQ_TEST_URI}, else RabbitMQ in a container where Docker
 * is at hand, else a RabbitMQ on localhost, else the embedded broker in memory. One line on the console says which.
 */
public final class TestBroker {
    private static final String TEST_URI = "RABBITMQ_TEST_URI";
    private static final DockerImageName IMAGE = DockerImageName.parse("rabbitmq:4.1-management");
    private static final String LOCAL = "amqp://guest:guest@localhost:5672";

    private static TestBroker chosen;
    private static TestBroker embedded;

    private final String uri;
    private final boolean rabbit;

    private TestBroker(String uri, boolean rabbit) {
        this.uri = uri;
        this.rabbit = rabbit;
    }

    /** The broker for this test run. */
    public static synchronized TestBroker get() {
        if (chosen == null) {
            chosen = choose();
        }
        return chosen;
    }

    /**
     * Skips the calling test, loudly, where there is no real RabbitMQ: for what only RabbitMQ does.
     *
     * @return the broker
     */
    public static TestBroker realOnly() {
        TestBroker broker = get();
        String reason = "SKIPPED: this test needs a real RabbitMQ. Start one on localhost:5672, or set " + TEST_URI
                + "=amqp://user:password@host:5672/vhost.";
        if (!broker.rabbit) {
            System.out.println(reason);
        }
        Assumptions.assumeTrue(broker.rabbit, reason);
        return broker;
    }

    /** The embedded broker in memory, one for this test run, whatever else there is: for tests of both kinds. */
    public static synchronized TestBroker embedded() {
        if (embedded == null) {
            EmbeddedBroker broker = EmbeddedBroker.inMemory(freePort());
            atExit(broker::close);
            embedded = new TestBroker(broker.uri(), false);
        }
        return embedded;
    }

    /** AMQP URI with user, password and virtual host. */
    public String uri() {
        return uri;
    }

    /** Host name or address. */
    public String host() {
        return URI.create(uri).getHost();
    }

    /** AMQP port. */
    public int port() {
        int port = URI.create(uri).getPort();
        return port == -1 ? ConnectionFactory.DEFAULT_AMQP_PORT : port;
    }

    /** User to log in with. */
    public String username() {
        return userInfo()[0];
    }

    /** Password of {@link #username()}. */
    public String password() {
        return userInfo()[1];
    }

    /** Virtual host, {@code /} where the URI names none. */
    public String virtualHost() {
        String path = URI.create(uri).getRawPath();
        return path == null || path.length() < 2 ? "/" : decode(path.substring(1));
    }

    /** Whether it is RabbitMQ, and not the embedded broker. */
    public boolean isRabbitMq() {
        return rabbit;
    }

    /** Settings that point a Spring Boot application to this broker. */
    public Map<String, String> springProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("spring.rabbitmq.host", host());
        properties.put("spring.rabbitmq.port", String.valueOf(port()));
        properties.put("spring.rabbitmq.username", username());
        properties.put("spring.rabbitmq.password", password());
        properties.put("spring.rabbitmq.virtual-host", virtualHost());
        return properties;
    }

    /** {@link #springProperties()} as {@code name=value}, for {@code withPropertyValues} and the like. */
    public String[] propertyValues() {
        return springProperties().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new);
    }

    /** Opens a plain connection, to be closed by the caller. */
    public Connection connect() throws IOException {
        return connect(uri);
    }

    /**
     * Deletes every queue and exchange of the commands, so that the next application declares them anew.
     *
     * @param delays the retry delays of other settings than the default, to delete those queues too
     */
    public void deleteTopology(Duration... delays) throws IOException {
        List<String> steps = Stream.concat(steps().stream(), Stream.of(delays).map(RetryStep::of))
                .map(RetryStep::exchange)
                .toList();
        try (Connection connection = connect()) {
            for (String queue : Stream.concat(queues().stream(), steps.stream()).toList()) {
                ifItExists(connection, channel -> channel.queueDelete(queue));
            }
            // Qpid refuses to delete an exchange that a queue dead-letters to, so exchanges come after queues.
            ifItExists(connection, channel -> channel.exchangeDelete(BrokerTopology.EXCHANGE));
            for (String step : steps) {
                ifItExists(connection, channel -> channel.exchangeDelete(step));
            }
        }
    }

    /** Removes all messages from the queues of the commands that exist. */
    public void purge() throws IOException {
        try (Connection connection = connect()) {
            for (String queue : queues()) {
                ifItExists(connection, channel -> channel.queuePurge(queue));
            }
        }
    }

    /** Whether the task found its queue or exchange. */
    private static boolean ifItExists(Connection connection, ChannelTask task) throws IOException {
        Channel channel = connection.createChannel();
        try {
            task.on(channel);
            channel.close();
            return true;
        } catch (IOException e) {
            if (e.getCause() instanceof ShutdownSignalException signal
                    && signal.getReason() instanceof AMQP.Channel.Close close
                    && close.getReplyCode() == AMQP.NOT_FOUND) {
                return false;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }

    @FunctionalInterface
    private interface ChannelTask {
        void on(Channel channel) throws IOException;
    }

    private static List<String> queues() {
        return Stream.concat(
                        BrokerTopology.COMMANDS.stream()
                                .flatMap(command -> Stream.of(
                                        BrokerTopology.queue(command), BrokerTopology.deadLetterQueue(command))),
                        steps().stream().map(RetryStep::exchange))
                .toList();
    }

    private static List<RetryStep> steps() {
        return new RetrySteps(List.of(
                        Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10), Duration.ofMinutes(30)))
                .all();
    }

    private static TestBroker choose() {
        String given = System.getenv(TEST_URI);
        if (given != null && !given.isBlank()) {
            return announce(given, product(given).orElseThrow().equals("RabbitMQ"), TEST_URI + " names it");
        }
        Optional<TestBroker> container = container();
        if (container.isPresent()) {
            return container.get();
        }
        if (product(LOCAL).filter("RabbitMQ"::equals).isPresent()) {
            Optional<String> virtualHost = ownVirtualHost();
            if (virtualHost.isPresent()) {
                return announce(
                        LOCAL + "/" + virtualHost.get(), true, "it runs on localhost, virtual host made for this run");
            }
            if (!holdsCommands()) {
                TestBroker broker = announce(
                        LOCAL, true, "it runs on localhost; default virtual host, as rabbitmqctl cannot make another");
                atExit(() -> {
                    try {
                        broker.deleteTopology();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                return broker;
            }
            System.out.println("[test broker] The RabbitMQ on localhost has queues of the service already and"
                    + " rabbitmqctl cannot make a virtual host: not touched. Set " + TEST_URI + " to use it.");
        }
        return announce(embedded().uri(), false, "no RabbitMQ found by " + TEST_URI + ", Docker or localhost:5672");
    }

    private static TestBroker announce(String uri, boolean rabbit, String why) {
        TestBroker broker = new TestBroker(uri, rabbit);
        System.out.printf(
                "[test broker] %s at %s:%d, virtual host %s (%s)%n",
                rabbit ? "RabbitMQ" : "embedded broker, in memory,",
                broker.host(),
                broker.port(),
                broker.virtualHost(),
                why);
        return broker;
    }

    /** Testcontainers searches for Docker slowly and with much to say, so look for its socket first. */
    private static Optional<TestBroker> container() {
        boolean docker = System.getenv("DOCKER_HOST") != null
                || Files.exists(Path.of("/var/run/docker.sock"))
                || Files.exists(Path.of(System.getProperty("user.home"), ".docker", "run", "docker.sock"));
        if (!docker || !org.testcontainers.DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.empty();
        }
        // Testcontainers stops it at the end of the run.
        RabbitMQContainer container = new RabbitMQContainer(IMAGE);
        container.start();
        String uri = "amqp://" + container.getAdminUsername() + ":" + container.getAdminPassword() + "@"
                + container.getHost() + ":" + container.getAmqpPort();
        return Optional.of(announce(uri, true, "container " + IMAGE));
    }

    private static Optional<String> product(String uri) {
        try (Connection connection = connect(uri)) {
            return Optional.of(String.valueOf(connection.getServerProperties().get("product")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Connection connect(String uri) throws IOException {
        try {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(uri);
            factory.setConnectionTimeout(2_000);
            factory.setAutomaticRecoveryEnabled(false);
            return factory.newConnection("test");
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static Optional<String> ownVirtualHost() {
        String name = "cio-test-" + UUID.randomUUID().toString().substring(0, 8);
        if (!rabbitmqctl("add_vhost", name) || !rabbitmqctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*")) {
            return Optional.empty();
        }
        atExit(() -> rabbitmqctl("delete_vhost", name));
        return Optional.of(name);
    }

    private static boolean rabbitmqctl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("rabbitmqctl", "-q"));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notInstalled) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean holdsCommands() {
        try (Connection connection = connect(LOCAL)) {
            for (String queue : queues()) {
                if (ifItExists(connection, channel -> channel.queueDeclarePassive(queue))) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port on the loopback address that nobody listens on right now. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void atExit(Runnable task) {
        Runtime.getRuntime().addShutdownHook(new Thread(task, "test-broker-exit"));
    }

    private String[] userInfo() {
        String info = URI.create(uri).getRawUserInfo();
        String[] parts = (info == null ? "guest:guest" : info).split(":", 2);
        return new String[] {decode(parts[0]), decode(parts[1])};
    }

    private static String decode(String text) {
        return URLDecoder.decode(
                text.replace("+", URLEncoder.encode("+", StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
