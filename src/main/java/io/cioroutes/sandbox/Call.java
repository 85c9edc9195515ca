package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One HTTP request, read to its end. */
final class Call {
    /** The largest documented body is a broadcast's 25 MB. */
    static final int MAX_BODY = 25 * 1024 * 1024;

    private final HttpExchange exchange;
    private final List<String> segments;
    private final Map<String, String> query;
    private final byte[] body;
    private final boolean tooLarge;
    private String endpoint;

    private Call(HttpExchange exchange, byte[] body, boolean tooLarge) {
        this.exchange = exchange;
        this.body = body;
        this.tooLarge = tooLarge;
        this.segments = segments(exchange.getRequestURI().getRawPath());
        this.query = parse(exchange.getRequestURI().getRawQuery());
        this.endpoint = "other";
    }

    static Call read(HttpExchange exchange) throws IOException {
        InputStream in = exchange.getRequestBody();
        byte[] body = in.readNBytes(MAX_BODY + 1);
        boolean tooLarge = body.length > MAX_BODY;
        if (tooLarge) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return new Call(exchange, body, tooLarge);
    }

    /** Splits before decoding, so that an encoded slash stays part of its segment. */
    private static List<String> segments(String rawPath) {
        List<String> segments = new ArrayList<>();
        for (String segment : rawPath.substring(1).split("/", -1)) {
            // In a path a plus is a plus; only in a query it means a space.
            segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
        }
        return segments;
    }

    private static Map<String, String> parse(String rawQuery) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : rawQuery == null ? new String[0] : rawQuery.split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(
                    URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                    parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return query;
    }

    HttpExchange exchange() {
        return exchange;
    }

    String method() {
        return exchange.getRequestMethod();
    }

    /** Path and query as they came. */
    String rawTarget() {
        return exchange.getRequestURI().toString();
    }

    String rawPath() {
        return exchange.getRequestURI().getRawPath();
    }

    List<String> segments() {
        return segments;
    }

    String segment(int index) {
        return index < segments.size() ? segments.get(index) : "";
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /** A number in the query; the default also for anything that is not a number. */
    long number(String name, long otherwise) {
        try {
            return query(name).map(Long::parseLong).orElse(otherwise);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** The header's value, or an empty string. */
    String header(String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    byte[] body() {
        return body;
    }

    boolean tooLarge() {
        return tooLarge;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The body as JSON. */
    JsonNode json() throws IOException {
        return Json.MAPPER.readTree(body);
    }

    boolean hasJsonType() {
        String type = header("Content-Type").split(";")[0].strip();
        return type.equalsIgnoreCase("application/json") || type.toLowerCase().endsWith("+json");
    }

    /** The endpoint's name for the statistics: method and path with placeholders. */
    String endpoint() {
        return endpoint;
    }

    void endpoint(String path) {
        endpoint = method() + " " + path;
    }
}
