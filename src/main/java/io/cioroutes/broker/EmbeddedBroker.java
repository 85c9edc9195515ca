package io.cioroutes.broker;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener;
import org.apache.qpid.server.model.BrokerImpl;
import org.apache.qpid.server.model.SystemConfig;

/**
 * An AMQP 0-9-1 broker inside this process, for a machine without RabbitMQ: Apache Qpid Broker-J on the loopback
 * address, user and password {@code guest}. With a directory it keeps its messages there (Apache Derby), over a restart
 * and a crash; without one, in memory.
 */
public final class EmbeddedBroker implements AutoCloseable {
    /** The only address it listens on: nobody else reaches the well-known user and password. */
    static final String ADDRESS = "127.0.0.1";

    private static final String USER = "guest";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** How often Qpid looks for messages whose time is up, in ms; its own 30 s would stretch every retry delay. */
    private static final int HOUSEKEEPING_MILLIS = 1_000;

    private final int port;
    private final Path directory;
    private final Path address;
    private final SystemLauncher launcher;
    private FileChannel lock;
    private volatile RuntimeException failure;
    private volatile SystemConfig<?> systemConfig;
    private boolean closed;

    private EmbeddedBroker(int port, Path localDirectory) {
        this.port = port;
        this.directory = localDirectory == null ? null : localDirectory.resolve("broker");
        this.address = localDirectory == null ? null : localDirectory.resolve("broker.json");
        this.launcher = new SystemLauncher(new SystemLauncherListener.DefaultSystemLauncherListener() {
            @Override
            public void errorOnStartup(RuntimeException e) {
                failure = e;
            }

            @Override
            public void onContainerResolve(SystemConfig<?> resolved) {
                systemConfig = resolved;
            }
        });
    }

    /**
     * Starts a broker that keeps its messages.
     *
     * @param port a free port
     * @param localDirectory messages go to {@code broker/} in it; while the broker runs, {@code broker.json} in it says
     *     as {@code {"uri": "amqp://…"}} how to connect. One broker at a time uses it.
     * @throws BrokerSetupException if another broker uses the directory, or the port is taken
     */
    public static EmbeddedBroker durable(int port, Path localDirectory) {
        return new EmbeddedBroker(port, localDirectory).start();
    }

    /**
     * Starts a broker that forgets everything when it stops.
     *
     * @param port a free port
     */
    public static EmbeddedBroker inMemory(int port) {
        return new EmbeddedBroker(port, null).start();
    }

    /** The port on {@code 127.0.0.1}. */
    public int port() {
        return port;
    }

    /** How a client connects, for example {@code amqp://guest:guest@127.0.0.1:5672}. */
    public String uri() {
        return "amqp://" + USER + ":" + USER + "@" + ADDRESS + ":" + port;
    }

    private EmbeddedBroker start() {
        try {
            if (directory == null) {
                Path work = Files.createTempDirectory("cio-broker");
                try {
                    launch(work);
                } finally {
                    Files.deleteIfExists(work.resolve("initial-config.json"));
                    Files.deleteIfExists(work.resolve("system.properties"));
                    Files.deleteIfExists(work);
                }
            } else {
                Files.createDirectories(directory);
                lock();
                launch(directory);
                JSON.writeValue(address.toFile(), Map.of("uri", uri()));
            }
            return this;
        } catch (Exception e) {
            close();
            if (e instanceof BrokerSetupException setup) {
                throw setup;
            }
            throw new BrokerSetupException(
                    "The embedded broker did not start on " + ADDRESS + ":" + port + ": " + e.getMessage(),
                    "Check that the port is free and that " + (directory == null ? "the disk" : directory)
                            + " can be written to, or use a RabbitMQ of your own by setting SPRING_RABBITMQ_HOST.",
                    e);
        }
    }

    private void lock() throws IOException {
        lock = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock taken;
        try {
            taken = lock.tryLock();
        } catch (OverlappingFileLockException e) {
            taken = null;
        }
        if (taken == null) {
            lock.close();
            lock = null;
            throw new BrokerSetupException(
                    "Another instance uses the embedded broker's directory " + directory.toAbsolutePath() + ".",
                    "Stop the other instance, give this one a directory of its own (cio.local.directory),"
                            + " or let both use one RabbitMQ by setting SPRING_RABBITMQ_HOST.",
                    null);
        }
    }

    private void launch(Path work) throws Exception {
        Path configuration = work.resolve("initial-config.json");
        Path noProperties = Files.writeString(work.resolve("system.properties"), "");
        JSON.writeValue(configuration.toFile(), configuration());
        if (directory != null) {
            System.setProperty(
                    "derby.stream.error.file", work.resolve("derby.log").toString());
        }
        launcher.startup(Map.of(
                "type",
                "Memory",
                "context",
                context(work),
                "initialConfigurationLocation",
                configuration.toUri().toString(),
                // Its default is a classpath: URL, which Java cannot read from within an executable jar.
                "initialSystemPropertiesLocation",
                noProperties.toUri().toString(),
                "startupLoggedToSystemOut",
                false));
        if (failure != null) {
            throw failure;
        }
        removeShutdownHook();
    }

    /**
     * Takes back the hook by which Qpid stops at the JVM's end, beside everything else that stops then: consumers could
     * no longer acknowledge what they just finished. Spring closes the broker last. There is no setting for it.
     */
    private void removeShutdownHook() throws ReflectiveOperationException {
        Field hook = BrokerImpl.class.getDeclaredField("_shutdownHook");
        hook.setAccessible(true);
        Runtime.getRuntime().removeShutdownHook((Thread) hook.get(systemConfig.getContainer()));
    }

    private static Map<String, String> context(Path work) {
        return Map.of(
                "qpid.work_dir",
                work.toString(),
                // Otherwise Qpid keeps preferences of its console in the current directory.
                "qpid.broker.defaultPreferenceStoreAttributes",
                "{\"type\":\"Noop\"}",
                // An unroutable mandatory message comes back to its publisher; by default the connection is closed.
                "qpid.port.closeWhenNoRoute",
                "false",
                // Clients of other people declare with RabbitMQ's arguments: take them, though without effect.
                "queue.behaviourOnUnknownDeclareArgument",
                "IGNORE",
                "exchange.behaviourOnUnknownDeclareArgument",
                "IGNORE");
    }

    private Map<String, Object> configuration() {
        Map<String, Object> store = directory == null
                ? Map.of("type", "Memory", "housekeepingCheckPeriod", HOUSEKEEPING_MILLIS)
                : Map.of(
                        "type",
                        "DERBY",
                        "storePath",
                        directory.resolve("messages").toString(),
                        "housekeepingCheckPeriod",
                        HOUSEKEEPING_MILLIS);
        Map<String, Object> node = directory == null
                ? Map.of(
                        "name",
                        "default",
                        "type",
                        "Memory",
                        "defaultVirtualHostNode",
                        true,
                        "virtualHostInitialConfiguration",
                        json(store))
                : Map.of(
                        "name",
                        "default",
                        "type",
                        "JSON",
                        "storePath",
                        directory.resolve("config").toString(),
                        "defaultVirtualHostNode",
                        true,
                        "virtualHostInitialConfiguration",
                        json(store));
        Map<String, Object> login = Map.of(
                "name",
                "plain",
                "type",
                "Plain",
                // Loopback only, so PLAIN without TLS is fine.
                "secureOnlyMechanisms",
                List.of(),
                "users",
                List.of(Map.of("name", USER, "type", "managed", "password", USER)));
        Map<String, Object> amqp = Map.of(
                "name",
                "AMQP",
                "type",
                "AMQP",
                "port",
                port,
                "bindingAddress",
                ADDRESS,
                "authenticationProvider",
                "plain",
                "protocols",
                List.of("AMQP_0_9_1"),
                "virtualhostaliases",
                List.of(
                        Map.of("name", "defaultAlias", "type", "defaultAlias"),
                        Map.of("name", "nameAlias", "type", "nameAlias")));
        return Map.of(
                "name", "embedded",
                "modelVersion", "9.1",
                "authenticationproviders", List.of(login),
                "ports", List.of(amqp),
                "virtualhostnodes", List.of(node));
    }

    private static String json(Map<String, Object> value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the broker; clients lose their connections. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        launcher.shutdown();
        if (lock != null) {
            try {
                Files.deleteIfExists(address);
                lock.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot leave " + directory + " cleanly", e);
            }
        }
    }
}
