package io.cioroutes.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** The {@link Stub} in a process of its own. */
final class Api implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Child child;
    final String url;

    Api(String java) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        java,
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        "bench/target/classes",
                        Stub.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        child = Child.of(process);
        url = "http://127.0.0.1:" + Child.firstLine(process);
    }

    /** Begins to count anew. @param latency milliseconds before each answer */
    void reset(int latency) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(URI.create(url + "/reset?latency=" + latency))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    JsonNode stats() throws IOException, InterruptedException {
        return JSON.readTree(get(url + "/stats"));
    }

    double cpuSeconds() {
        return child.cpuSeconds();
    }

    static String get(String url) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url)).build());
    }

    private static String send(HttpRequest request) throws IOException, InterruptedException {
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
        child.close();
    }
}
