package io.cioroutes.reliability;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cioroutes.broker.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** The service as its users run it: the jar, in a process of its own, so that a signal is a real signal. */
final class ServiceProcess implements AutoCloseable {

    static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final Path HOME = Path.of("target", "reliability").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final int port = TestBroker.freePort();
    private final Path log;
    private final Process process;

    /** How a process ended: its exit code, and how long it took. */
    record Exit(int code, Duration after) {}

    private ServiceProcess(List<String> options, Map<String, String> settings) {
        try {
            Files.createDirectories(HOME);
            log = HOME.resolve("service-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet() + ".log");
            List<String> command = new ArrayList<>(List.of(JAVA));
            // Quick to start, and small: several run beside each other.
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx400m"));
            command.addAll(options);
            command.add("--server.port=" + port);
            settings.forEach((name, value) -> command.add("--" + name + "=" + value));
            process = new ProcessBuilder(command)
                    .directory(HOME.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** Starts a process with these settings, and does not wait for it. */
    static ServiceProcess launch(Map<String, String> settings) {
        List<String> options =
                QuickStart.options(HOME, training -> new ServiceProcess(training, settings).awaitStarted());
        return new ServiceProcess(options, settings);
    }

    /** Starts a process with these settings, and waits until it consumes. */
    static ServiceProcess start(Map<String, String> settings) {
        return launch(settings).awaitStarted();
    }

    ServiceProcess awaitStarted() {
        awaitLog("Started CustomerioRoutes");
        return this;
    }

    /** Waits until it has logged this. */
    void awaitLog(String text) {
        await("'" + text + "' in " + log).atMost(PATIENCE).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("The service ended with " + process.exitValue() + ", see " + log);
            }
            return log().contains(text);
        });
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM, and waits for the end. */
    Exit terminate() {
        long begin = System.nanoTime();
        process.destroy();
        awaitExit();
        return new Exit(process.exitValue(), Duration.ofNanos(System.nanoTime() - begin));
    }

    private void awaitExit() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The service does not end, see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has logged so far. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code /actuator/health}. */
    JsonNode health() {
        return json("/actuator/health");
    }

    /** How many commands it has settled with this outcome; see the metric {@code cio.commands}. */
    long settled(String outcome) {
        return metric("cio_commands_seconds_count", "outcome=\"" + outcome + "\"");
    }

    /** How many commands it has received and not settled. */
    long held() {
        return metric("cio_commands_held", "");
    }

    /** Bytes allocated by its start and since, as of the last garbage collection. */
    long allocatedBytes() {
        return metric("jvm_gc_memory_allocated_bytes_total", "");
    }

    private long metric(String name, String label) {
        return get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(label))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private JsonNode json(String path) {
        try {
            return new JsonMapper().readTree(get(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pauses or resumes all commands, as an operator does. */
    void intake(String action) {
        request("/actuator/commands", request -> request.header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"" + action + "\"}")));
    }

    private String get(String path) {
        return request(path, request -> request);
    }

    private String request(String path, UnaryOperator<HttpRequest.Builder> method) {
        try {
            HttpRequest request = method.apply(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (!"GET".equals(request.method()) && response.statusCode() / 100 != 2) {
                throw new IllegalStateException(request + " was answered " + response.statusCode());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the process, whatever it does. */
    @Override
    public void close() {
        process.destroyForcibly();
        awaitExit();
    }
}
