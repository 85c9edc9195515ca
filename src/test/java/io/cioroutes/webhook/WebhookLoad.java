package io.cioroutes.webhook;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Measures the answers to signed webhooks: connections that each send one after the other, as fast as they are answered.
 * Arguments: address (or {@code none}, to measure this program alone), signing key, connections, seconds.
 */
final class WebhookLoad {
    /** Latencies in ns and statuses of one connection. */
    private record Part(long[] nanos, Map<Integer, Integer> statuses) {}

    private WebhookLoad() {}

    public static void main(String[] arguments) throws Exception {
        String key = arguments[1];
        int connections = Integer.parseInt(arguments[2]);
        int seconds = Integer.parseInt(arguments[3]);
        HttpServer sink = "none".equals(arguments[0]) ? sink(connections) : null;
        URI target = sink == null
                ? URI.create(arguments[0])
                : URI.create("http://127.0.0.1:" + sink.getAddress().getPort() + "/");
        ExecutorService senders = Executors.newFixedThreadPool(connections);
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        var parts = senders.invokeAll(IntStream.range(0, connections)
                .<Callable<Part>>mapToObj(number -> () -> send(target, key, number, end))
                .toList());
        double took = (System.nanoTime() - begin) / 1e9;
        senders.shutdown();
        print(parts, took);
        if (sink != null) {
            sink.stop(0);
        }
        System.exit(0);
    }

    /** One client for each connection, so that none waits for another. */
    private static Part send(URI target, String key, int number, long end) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(Runnable::run)
                .build();
        long[] nanos = new long[1024];
        Map<Integer, Integer> statuses = new TreeMap<>();
        int count = 0;
        while (System.nanoTime() < end) {
            byte[] body = body(number, count);
            String timestamp = String.valueOf(System.currentTimeMillis() / 1000);
            HttpRequest request = HttpRequest.newBuilder(target)
                    .header("Content-Type", "application/json")
                    .header(RequestSignature.TIMESTAMP_HEADER, timestamp)
                    .header(RequestSignature.SIGNATURE_HEADER, RequestSignature.sign(key, timestamp, body))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            long begin = System.nanoTime();
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            nanos = count < nanos.length ? nanos : Arrays.copyOf(nanos, 2 * count);
            nanos[count++] = System.nanoTime() - begin;
            statuses.merge(status, 1, Integer::sum);
        }
        return new Part(Arrays.copyOf(nanos, count), statuses);
    }

    private static byte[] body(int connection, int count) {
        return """
                {"event_id":"load-%d-%d-%d","object_type":"email","metric":"delivered","timestamp":1760001233,\
                "data":{"customer_id":"user-%d","identifiers":{"id":"user-%d","email":"user%d@example.com",\
                "cio_id":"d9c106000001"},"delivery_id":"RPILAgUBcRhIBqSp7kiPekGBIeVh","campaign_id":23,\
                "action_id":96,"journey_id":"01G8","parent_action_id":null,"trigger_event_id":null,\
                "recipient":"user%d@example.com","subject":"Thanks for joining!"}}"""
                .formatted(System.nanoTime(), connection, count, count, count, count, count)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void print(Iterable<Future<Part>> parts, double took) throws Exception {
        Map<Integer, Integer> statuses = new TreeMap<>();
        long[] all = {};
        for (Future<Part> future : parts) {
            Part part = future.get();
            part.statuses().forEach((status, count) -> statuses.merge(status, count, Integer::sum));
            int before = all.length;
            all = Arrays.copyOf(all, before + part.nanos().length);
            System.arraycopy(part.nanos(), 0, all, before, part.nanos().length);
        }
        Arrays.sort(all);
        System.out.printf(
                Locale.ROOT,
                "%s  %,.0f/s  p50 %.0f ms  p99 %.0f ms  max %.0f ms%n",
                statuses,
                all.length / took,
                at(all, 0.50),
                at(all, 0.99),
                at(all, 1));
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }

    private static HttpServer sink(int connections) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(connections));
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }
}
