package io.cioroutes.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.zip.GZIPInputStream;

/**
 * Stands in for Customer.io and for BigQuery: one thread that reads HTTP/1.1, counts the operations in each body by their
 * number {@code "seq"}, and answers after a fixed time. Cheap on purpose, so that it is not what is measured.
 *
 * <p>{@code GET /stats} tells what was counted, {@code POST /reset?latency=20} begins anew. An operation that carries
 * {@code "sent"}, the microseconds of its publishing since 1970, adds to the latencies.
 */
final class Stub {
    private static final byte[] SEQ = bytes("\"seq\":");
    private static final byte[] SENT = bytes("\"sent\":");
    private static final byte[] INSERT_ID = bytes("\"insertId\"");
    private static final byte[] EVENT_ID = bytes("\"insertId\":\"bench-");
    private static final byte[] END_OF_HEAD = bytes("\r\n\r\n");
    private static final int MOST_BYTES = 16_000_000;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final PriorityQueue<Answer> waiting = new PriorityQueue<>();
    private long latency;
    private long order;

    private final BitSet seen = new BitSet();
    private long requests;
    private long operations;
    private long duplicates;
    private long rows;
    private long firstNanos;
    private long lastNanos;
    private int inFlight;
    private int mostInFlight;
    private int[] micros = new int[1 << 16];
    private int samples;

    /** An answer that is due; the order of arrival decides between two that are due at once. */
    private record Answer(long due, long order, Client client, byte[] text) implements Comparable<Answer> {
        @Override
        public int compareTo(Answer other) {
            return due != other.due ? Long.compare(due, other.due) : Long.compare(order, other.order);
        }
    }

    private static final class Client {
        private final SocketChannel channel;
        private ByteBuffer in = ByteBuffer.allocate(1 << 16);

        private Client(SocketChannel channel) {
            this.channel = channel;
        }
    }

    private Stub() throws IOException {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Prints its port and serves until it is ended. */
    public static void main(String[] arguments) throws IOException {
        Stub stub = new Stub();
        System.out.println(((InetSocketAddress) stub.server.getLocalAddress()).getPort());
        stub.serve();
    }

    private void serve() throws IOException {
        while (true) {
            if (waiting.isEmpty()) {
                selector.select();
            } else {
                long millis = (waiting.peek().due() - System.nanoTime() + 999_999) / 1_000_000;
                if (millis > 0) {
                    selector.select(millis);
                } else {
                    selector.selectNow();
                }
            }
            Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
            while (keys.hasNext()) {
                SelectionKey key = keys.next();
                keys.remove();
                if (key.isAcceptable()) {
                    accept();
                } else {
                    read(key, (Client) key.attachment());
                }
            }
            long now = System.nanoTime();
            while (!waiting.isEmpty() && waiting.peek().due() <= now) {
                Answer answer = waiting.poll();
                inFlight--;
                write(answer.client(), answer.text());
                lastNanos = System.nanoTime();
            }
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = server.accept();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(selector, SelectionKey.OP_READ, new Client(channel));
    }

    private void read(SelectionKey key, Client client) throws IOException {
        int count;
        try {
            count = client.channel.read(client.in);
        } catch (IOException reset) {
            count = -1;
        }
        if (count < 0) {
            key.cancel();
            client.channel.close();
            return;
        }
        client.in.flip();
        while (take(client)) {
            // One request after the other.
        }
        client.in.compact();
        if (!client.in.hasRemaining()) {
            if (client.in.capacity() > MOST_BYTES) {
                throw new IOException("A request of more than " + MOST_BYTES + " bytes");
            }
            ByteBuffer larger = ByteBuffer.allocate(4 * client.in.capacity());
            client.in.flip();
            larger.put(client.in);
            client.in = larger;
        }
    }

    /** Takes a whole request off the buffer, if there is one. */
    private boolean take(Client client) throws IOException {
        byte[] data = client.in.array();
        int from = client.in.position();
        int limit = client.in.limit();
        int end = indexOf(data, from, limit, END_OF_HEAD);
        if (end < 0) {
            return false;
        }
        int body = end + END_OF_HEAD.length;
        String head = new String(data, from, end - from, StandardCharsets.ISO_8859_1);
        String lower = head.toLowerCase(Locale.ROOT);
        int length = 0;
        int next;
        byte[] content = data;
        int at = body;
        if (lower.contains("transfer-encoding: chunked")) {
            byte[] joined = new byte[limit - body];
            int size = 0;
            next = body;
            while (true) {
                int line = indexOf(data, next, limit, bytes("\r\n"));
                if (line < 0) {
                    return false;
                }
                int chunk = Integer.parseInt(new String(data, next, line - next, StandardCharsets.US_ASCII).trim(), 16);
                if (line + 2 + chunk + 2 > limit) {
                    return false;
                }
                System.arraycopy(data, line + 2, joined, size, chunk);
                size += chunk;
                next = line + 2 + chunk + 2;
                if (chunk == 0) {
                    break;
                }
            }
            content = joined;
            at = 0;
            length = size;
        } else {
            int field = lower.indexOf("content-length:");
            if (field >= 0) {
                int eol = lower.indexOf("\r\n", field);
                length = Integer.parseInt(
                        lower.substring(field + 15, eol < 0 ? lower.length() : eol).trim());
            }
            next = body + length;
            if (next > limit) {
                return false;
            }
        }
        if (lower.contains("content-encoding: gzip")) {
            content = new GZIPInputStream(new ByteArrayInputStream(content, at, length)).readAllBytes();
            at = 0;
            length = content.length;
        }
        client.in.position(next);
        handle(client, head.substring(0, Math.max(0, head.indexOf("\r\n"))), content, at, at + length);
        return true;
    }

    private void handle(Client client, String line, byte[] data, int from, int to) throws IOException {
        String[] words = line.split(" ");
        String path = words[1];
        if (path.equals("/stats")) {
            write(client, ok(stats()));
            return;
        }
        if (path.startsWith("/reset")) {
            int value = path.indexOf("latency=");
            reset(value < 0 ? 0 : Long.parseLong(path.substring(value + 8)));
            write(client, ok("{}"));
            return;
        }
        long now = System.nanoTime();
        if (words[0].equals("GET")) {
            // The region, asked for by the service to check its credentials; a table, by BigQuery's client.
            write(client, ok(path.contains("/tables/") ? "{\"kind\":\"bigquery#table\"}" : "{\"region\":\"us\"}"));
            return;
        }
        requests++;
        firstNanos = firstNanos == 0 ? now : firstNanos;
        String text = "{}";
        if (path.contains("/insertAll")) {
            rows(data, from, to);
            text = "{\"kind\":\"bigquery#tableDataInsertAllResponse\"}";
        } else {
            operations(data, from, to);
            if (path.startsWith("/v1/send/")) {
                text = "{\"delivery_id\":\"d-" + requests + "\",\"queued_at\":1700000000}";
            }
        }
        if (latency == 0) {
            write(client, ok(text));
            lastNanos = System.nanoTime();
        } else {
            inFlight++;
            mostInFlight = Math.max(mostInFlight, inFlight);
            waiting.add(new Answer(now + latency, order++, client, ok(text)));
        }
    }

    private void operations(byte[] data, int from, int to) {
        long now = System.currentTimeMillis() * 1000;
        for (int at = indexOf(data, from, to, SEQ); at >= 0; at = indexOf(data, at + 1, to, SEQ)) {
            count((int) number(data, at + SEQ.length, to));
        }
        for (int at = indexOf(data, from, to, SENT); at >= 0; at = indexOf(data, at + 1, to, SENT)) {
            micros = samples < micros.length ? micros : Arrays.copyOf(micros, 2 * samples);
            micros[samples++] = (int) (now - number(data, at + SENT.length, to));
        }
    }

    private void rows(byte[] data, int from, int to) {
        for (int at = indexOf(data, from, to, INSERT_ID); at >= 0; at = indexOf(data, at + 1, to, INSERT_ID)) {
            rows++;
            if (Arrays.equals(data, at, Math.min(to, at + EVENT_ID.length), EVENT_ID, 0, EVENT_ID.length)) {
                count((int) number(data, at + EVENT_ID.length, to));
            }
        }
    }

    private void count(int seq) {
        operations++;
        if (seen.get(seq)) {
            duplicates++;
        } else {
            seen.set(seq);
        }
    }

    private void reset(long newLatency) {
        latency = newLatency * 1_000_000;
        seen.clear();
        requests = 0;
        operations = 0;
        duplicates = 0;
        rows = 0;
        firstNanos = 0;
        lastNanos = 0;
        mostInFlight = 0;
        samples = 0;
    }

    private String stats() {
        int[] sorted = Arrays.copyOf(micros, samples);
        Arrays.sort(sorted);
        return """
                {"requests":%d,"operations":%d,"distinct":%d,"highest":%d,"duplicates":%d,"rows":%d,"windowMillis":%.3f,\
                "mostInFlight":%d,"samples":%d,"p50Millis":%.3f,"p99Millis":%.3f,"maxMillis":%.3f}"""
                .formatted(
                        requests,
                        operations,
                        seen.cardinality(),
                        seen.length() - 1,
                        duplicates,
                        rows,
                        (lastNanos - firstNanos) / 1e6,
                        mostInFlight,
                        samples,
                        at(sorted, 0.50),
                        at(sorted, 0.99),
                        at(sorted, 1));
    }

    private static double at(int[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1000.0;
    }

    private static void write(Client client, byte[] text) throws IOException {
        if (!client.channel.isOpen()) {
            return;
        }
        ByteBuffer out = ByteBuffer.wrap(text);
        try {
            while (out.hasRemaining()) {
                client.channel.write(out);
            }
        } catch (IOException reset) {
            client.channel.close();
        }
    }

    private static byte[] ok(String json) {
        return bytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n"
                + json);
    }

    private static long number(byte[] data, int from, int to) {
        long value = 0;
        for (int i = from; i < to && data[i] >= '0' && data[i] <= '9'; i++) {
            value = 10 * value + data[i] - '0';
        }
        return value;
    }

    private static int indexOf(byte[] data, int from, int to, byte[] what) {
        for (int i = from; i <= to - what.length; i++) {
            int j = 0;
            while (j < what.length && data[i + j] == what[j]) {
                j++;
            }
            if (j == what.length) {
                return i;
            }
        }
        return -1;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
