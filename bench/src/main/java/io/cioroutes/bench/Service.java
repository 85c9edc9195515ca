package io.cioroutes.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The service as its image runs it: taken apart, with a class-data archive, in {@code prod}, within half of 512 MiB. */
final class Service {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String STARTED = "Started CustomerioRoutes";
    private final Path work;
    private final String java;
    private final String options;
    private final Path application;
    private int number;

    /** @param options what the image sets in JDK_JAVA_OPTIONS */
    Service(Path work, String java, String options) throws IOException, InterruptedException {
        this.work = work;
        this.java = java;
        this.options = options;
        this.application = work.resolve("application");
        if (!Files.exists(Path.of(jar()))) {
            run(List.of(
                    java,
                    "-Djarmode=tools",
                    "-jar",
                    Path.of("target/customerio-routes.jar").toAbsolutePath().toString(),
                    "extract",
                    "--destination",
                    application.toString()));
        }
        run(List.of(
                "bash",
                Path.of("deploy/container/archive-classes.sh").toAbsolutePath().toString(),
                jar(),
                archive()));
    }

    private String jar() {
        return application.resolve("customerio-routes.jar").toString();
    }

    private String archive() {
        return application.resolve("customerio-routes.jsa").toString();
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Files.createDirectories(application);
        Map<String, String> environment = placeholders();
        environment.put("JDK_JAVA_OPTIONS", options);
        environment.put("SERVER_PORT", String.valueOf(Broker.freePort()));
        environment.put("PATH", Path.of(java).getParent() + ":" + System.getenv("PATH"));
        Child child = Child.start(application, environment, log(), command);
        if (child.awaitExit() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed:\n" + child.log());
        }
    }

    /** Starts the service with these settings, beside those that lead nowhere, and does not wait for it. */
    Child launch(Map<String, String> settings) throws IOException {
        Map<String, String> environment = placeholders();
        environment.put("JDK_JAVA_OPTIONS", options);
        environment.put("SERVER_PORT", String.valueOf(Broker.freePort()));
        environment.putAll(settings);
        return Child.start(
                application,
                environment,
                log(),
                List.of(
                        java,
                        "-XX:SharedArchiveFile=" + archive(),
                        "-Xlog:cds=off",
                        "-Xlog:cds+dynamic=off",
                        "-jar",
                        jar()));
    }

    /** Starts the service and waits until it consumes. */
    Child start(Map<String, String> settings) throws IOException, InterruptedException {
        Child child = launch(settings);
        child.await(STARTED, PATIENCE);
        return child;
    }

    /** @return seconds from the start of the process until it consumes */
    static double awaitStarted(Child child) throws IOException, InterruptedException {
        return child.await(STARTED, PATIENCE);
    }

    /** Starts the plain jar as {@code java -jar} does, with everything local. */
    Child launchLocal() throws IOException {
        Path directory = Files.createDirectories(work.resolve("local-" + number));
        return Child.start(
                directory,
                Map.of("SERVER_PORT", String.valueOf(Broker.freePort()), "CIO_BROKER_EMBEDDED_PORT", "0"),
                log(),
                List.of(
                        java,
                        "-jar",
                        Path.of("target/customerio-routes.jar").toAbsolutePath().toString()));
    }

    private Path log() {
        number++;
        return work.resolve("service-" + number + ".log");
    }

    private static Map<String, String> placeholders() throws IOException {
        Map<String, String> settings = new TreeMap<>();
        try (Stream<String> lines = Files.lines(Path.of("deploy/container/placeholders.env"))) {
            lines.filter(line -> line.contains("=") && !line.startsWith("#")).forEach(line -> {
                List<String> parts = new ArrayList<>(List.of(line.split("=", 2)));
                settings.put(parts.get(0), parts.get(1));
            });
        }
        return settings;
    }
}
