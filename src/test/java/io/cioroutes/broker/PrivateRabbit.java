package io.cioroutes.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A RabbitMQ node of its own, for tests that stop, restart or kill the broker or its connections. Everything of it
 * (name, ports, data, cookie, port mapper) is apart from any other node on the machine; it listens on 127.0.0.1 only
 * and keeps its data over {@link #stop()}, {@link #kill()} and {@link #start()}. It needs the RabbitMQ server to be
 * installed; no special rights.
 */
public final class PrivateRabbit implements AutoCloseable {
    private static final List<String> HOMES = List.of("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin");
    private static final long START_SECONDS = 180;

    private final Path scripts;
    private final Path base;
    private final String node = "cio-test-" + UUID.randomUUID().toString().substring(0, 8) + "@localhost";
    private final int port = TestBroker.freePort();
    private final int distributionPort = TestBroker.freePort();
    private final int mapperPort = TestBroker.freePort();
    private final List<String> configuration;
    private Process mapper;
    private Process server;

    private PrivateRabbit(Path scripts, List<String> configuration) {
        this.scripts = scripts;
        this.configuration = configuration;
        this.base = Path.of("target", "rabbit", node).toAbsolutePath();
        TestBroker.atExit(this::close);
    }

    /** Whether a RabbitMQ server is installed here. */
    public static boolean available() {
        return scripts().isPresent();
    }

    /**
     * Starts a node, or skips the calling test, loudly, where no RabbitMQ server is installed.
     *
     * @param configuration lines of {@code rabbitmq.conf}
     */
    public static PrivateRabbit startOrSkip(String... configuration) {
        String reason = "SKIPPED: this test needs an installed RabbitMQ server (rabbitmq-server) to start and stop.";
        if (!available()) {
            System.out.println(reason);
        }
        Assumptions.assumeTrue(available(), reason);
        PrivateRabbit rabbit = new PrivateRabbit(scripts().orElseThrow(), List.of(configuration));
        rabbit.start();
        return rabbit;
    }

    /** AMQP port on 127.0.0.1; the same over restarts. */
    public int port() {
        return port;
    }

    /** AMQP URI, default virtual host. */
    public String uri() {
        return "amqp://guest:guest@127.0.0.1:" + port;
    }

    /** Settings that point a Spring Boot application to this node. */
    public Map<String, String> springProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("spring.rabbitmq.host", "127.0.0.1");
        properties.put("spring.rabbitmq.port", String.valueOf(port));
        properties.put("spring.rabbitmq.username", "guest");
        properties.put("spring.rabbitmq.password", "guest");
        properties.put("spring.rabbitmq.virtual-host", "/");
        return properties;
    }

    /** {@link #springProperties()} as {@code name=value}. */
    public String[] propertyValues() {
        return springProperties().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new);
    }

    /** Starts the node and waits until clients can connect. */
    public synchronized void start() {
        try {
            Files.createDirectories(base.resolve("home"));
            Files.writeString(base.resolve("enabled_plugins"), "[].");
            Files.write(base.resolve("rabbitmq.conf"), configuration);
            if (mapper == null) {
                mapper = run("epmd", "epmd", "-port", String.valueOf(mapperPort), "-address", "127.0.0.1");
            }
            Files.deleteIfExists(pidFile());
            server = run("server", scripts.resolve("rabbitmq-server").toString());
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
            while (!accepts()) {
                if (!server.isAlive()) {
                    throw new IllegalStateException(
                            "RabbitMQ did not start:\n" + Files.readString(base.resolve("server.log")));
                }
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("RabbitMQ did not accept clients within " + START_SECONDS
                            + " s, see " + base.resolve("server.log"));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Stops the node in order (SIGTERM) and waits until it is gone. */
    public synchronized void stop() {
        end(ProcessHandle::destroy);
    }

    /** Ends the node as a crash does (SIGKILL). */
    public synchronized void kill() {
        end(ProcessHandle::destroyForcibly);
    }

    /** {@link #stop()}, then {@link #start()}. */
    public void restart() {
        stop();
        start();
    }

    /** Makes the node close every client connection; clients may connect again at once. */
    public void closeAllConnections() {
        ctl("close_all_connections", "--global", "closed by a test");
    }

    /**
     * Runs {@code rabbitmqctl} on this node, for example {@code ctl("list_queues", "name", "messages")}.
     *
     * @return what it printed
     * @throws IllegalStateException if it failed, with what it printed
     */
    public String ctl(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(scripts.resolve("rabbitmqctl").toString(), "-q", "-n", node));
        command.addAll(List.of(arguments));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment());
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the node and removes its data. */
    @Override
    public synchronized void close() {
        kill();
        if (mapper != null) {
            mapper.destroyForcibly();
            mapper = null;
        }
        if (Files.exists(base)) {
            try (Stream<Path> files = Files.walk(base)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Path pidFile() {
        return base.resolve("pid");
    }

    private boolean accepts() {
        try (var connection = TestBroker.connect(uri())) {
            return connection.isOpen();
        } catch (IOException notYet) {
            return false;
        }
    }

    private void end(java.util.function.Consumer<ProcessHandle> signal) {
        if (server == null) {
            return;
        }
        // The start script is the Erlang machine's parent or became it; the machine's own pid is in the file.
        List<ProcessHandle> processes = new ArrayList<>();
        erlang().ifPresent(processes::add);
        processes.add(server.toHandle());
        processes.addAll(server.descendants().toList());
        try {
            for (ProcessHandle process : processes) {
                signal.accept(process);
            }
            for (ProcessHandle process : processes) {
                process.onExit().get(30, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            processes.forEach(ProcessHandle::destroyForcibly);
        }
        server = null;
    }

    private Optional<ProcessHandle> erlang() {
        try {
            return Files.exists(pidFile())
                    ? ProcessHandle.of(
                            Long.parseLong(Files.readString(pidFile()).strip()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process run(String name, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        base.resolve(name + ".log").toFile()));
        builder.environment().putAll(environment());
        return builder.start();
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        // Erlang makes a cookie of its own in an empty home.
        environment.put("HOME", base.resolve("home").toString());
        environment.put("ERL_EPMD_PORT", String.valueOf(mapperPort));
        environment.put("RABBITMQ_NODENAME", node);
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODE_PORT", String.valueOf(port));
        environment.put("RABBITMQ_DIST_PORT", String.valueOf(distributionPort));
        environment.put("RABBITMQ_MNESIA_BASE", base.resolve("mnesia").toString());
        environment.put("RABBITMQ_LOG_BASE", base.resolve("log").toString());
        environment.put("RABBITMQ_PID_FILE", pidFile().toString());
        environment.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE", base.resolve("enabled_plugins").toString());
        environment.put("RABBITMQ_CONFIG_FILE", base.resolve("rabbitmq.conf").toString());
        environment.put("RABBITMQ_CONF_ENV_FILE", base.resolve("none").toString());
        environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        return environment;
    }

    private static Optional<Path> scripts() {
        Stream<Path> onPath = Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .map(Path::of);
        // Debian's script on the PATH changes the user; the one in its library directory does not.
        return Stream.concat(HOMES.stream().map(Path::of), onPath)
                .filter(directory -> Files.isExecutable(directory.resolve("rabbitmq-server")))
                .findFirst();
    }
}
