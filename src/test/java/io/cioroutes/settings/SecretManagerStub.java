package io.cioroutes.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Secret Manager's REST API as far as the service uses it, with Google's format of errors. */
final class SecretManagerStub implements AutoCloseable {

    /** Values by resource name; a number in the place of one is the status of a refusal. */
    final Map<String, Object> versions = new ConcurrentHashMap<>();

    /** Resource names that were asked for. */
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    private final HttpServer server;

    SecretManagerStub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/", exchange -> {
            try (exchange) {
                String name = exchange.getRequestURI()
                        .getPath()
                        .replaceFirst("^/v1/", "")
                        .replaceFirst(":access$", "");
                asked.add(name);
                Object value = versions.getOrDefault(name, 404);
                int status = value instanceof Integer refusal ? refusal : 200;
                byte[] answer = (status == 200
                                ? "{\"name\": \"%s\", \"payload\": {\"data\": \"%s\", \"dataCrc32c\": \"1\"}}"
                                        .formatted(
                                                name,
                                                Base64.getEncoder()
                                                        .encodeToString(
                                                                value.toString().getBytes(UTF_8)))
                                : "{\"error\": {\"code\": %d, \"message\": \"no %s\", \"status\": \"FAILED\"}}"
                                        .formatted(status, name))
                        .getBytes(UTF_8);
                exchange.sendResponseHeaders(status, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
    }

    void put(String project, String secret, String version, Object value) {
        versions.put("projects/" + project + "/secrets/" + secret + "/versions/" + version, value);
    }

    String uri() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
