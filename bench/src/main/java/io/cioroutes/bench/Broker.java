package io.cioroutes.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** A RabbitMQ node for the measurements alone, on free ports of 127.0.0.1, with its data below the work directory. */
final class Broker implements AutoCloseable {
    private static final List<Path> HOMES =
            List.of(Path.of("/usr/lib/rabbitmq/bin"), Path.of("/opt/rabbitmq/sbin"), Path.of("/usr/local/sbin"));
    /** Publishes without confirm, at most; RabbitMQ confirms in multiples. */
    private static final int WINDOW = 2_000;

    final int port = freePort();
    private final Child mapper;
    private final Child server;
    private final Path base;

    Broker(Path work) throws Exception {
        Path scripts = HOMES.stream()
                .filter(home -> Files.exists(home.resolve("rabbitmq-server")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("RabbitMQ is missing: install rabbitmq-server"));
        base = Files.createDirectories(work.resolve("rabbitmq"));
        int mapperPort = freePort();
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", base.toString());
        environment.put("ERL_EPMD_PORT", String.valueOf(mapperPort));
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODENAME", "bench@localhost");
        environment.put("RABBITMQ_NODE_PORT", String.valueOf(port));
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_DIST_PORT", String.valueOf(freePort()));
        environment.put("RABBITMQ_MNESIA_BASE", base.resolve("mnesia").toString());
        environment.put("RABBITMQ_LOG_BASE", base.toString());
        environment.put("RABBITMQ_PID_FILE", base.resolve("pid").toString());
        environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", base.resolve("plugins").toString());
        environment.put("RABBITMQ_CONFIG_FILE", base.resolve("rabbitmq").toString());
        environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        Files.writeString(base.resolve("plugins"), "[].");
        Files.writeString(base.resolve("rabbitmq.conf"), "");
        mapper = Child.start(
                base,
                environment,
                base.resolve("epmd.log"),
                List.of("epmd", "-port", String.valueOf(mapperPort), "-address", "127.0.0.1"));
        server = Child.start(
                base,
                environment,
                base.resolve("server.log"),
                List.of(scripts.resolve("rabbitmq-server").toString()));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try (Connection connection = connect()) {
                break;
            } catch (IOException notYet) {
                if (!server.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException("RabbitMQ does not start, see " + base.resolve("server.log"));
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    String uri() {
        return "amqp://guest:guest@127.0.0.1:" + port;
    }

    /** CPU seconds so far. */
    double cpuSeconds() {
        return server.cpuSeconds();
    }

    double peakMegabytes() {
        return server.peakMegabytes();
    }

    Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        return factory.newConnection("bench");
    }

    /** Publishes messages 1 to n and returns when the broker has confirmed them all. */
    void fill(String exchange, int n, IntFunction<String> key, IntFunction<byte[]> body) throws Exception {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            for (int seq = 1; seq <= n; seq++) {
                channel.basicPublish(exchange, key.apply(seq), Workload.properties(seq), body.apply(seq));
                if (seq % WINDOW == 0) {
                    channel.waitForConfirmsOrDie(60_000);
                }
            }
            channel.waitForConfirmsOrDie(60_000);
        }
        // What was confirmed is still being written.
        TimeUnit.SECONDS.sleep(3);
    }

    /** Messages ready in these queues. */
    long ready(List<String> queues) throws Exception {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            long sum = 0;
            for (String queue : queues) {
                sum += channel.messageCount(queue);
            }
            return sum;
        }
    }

    /** Declares an empty durable queue. @param type quorum, as the service's own are, or classic */
    void declare(String queue, String type) throws Exception {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            channel.queueDelete(queue);
            channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", type));
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("No free port", e);
        }
    }

    @Override
    public void close() {
        // The start script is not the Erlang machine: that one's number is in the file, until it has ended.
        try (Stream<String> lines = Files.lines(base.resolve("pid"))) {
            lines.findFirst()
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.trim())))
                    .ifPresent(ProcessHandle::destroy);
        } catch (IOException ended) {
            // It has ended, or was never there; the script is closed below.
        }
        server.close();
        mapper.close();
    }
}
