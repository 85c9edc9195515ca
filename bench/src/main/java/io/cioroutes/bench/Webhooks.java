package io.cioroutes.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sends signed webhooks over connections that each wait for their answer; plain sockets, and signed beforehand, so that it
 * costs little.
 */
final class Webhooks {
    private static final AtomicLong NUMBER = new AtomicLong();
    /** Signed before the first is sent, for each second at full speed; should they run out, the others are signed then. */
    private static final int READY_PER_SECOND = 5_000;

    private Webhooks() {}

    /**
     * What came back.
     *
     * @param accepted answers 200
     * @param refused other answers
     * @param perSecond answers a second
     */
    record Result(long accepted, long refused, double perSecond, double p50Millis, double p99Millis) {}

    /**
     * Sends for some time.
     *
     * @param rate webhooks a second, all connections together; 0: as many as are answered
     */
    static Result send(int port, String key, int connections, int seconds, double rate) throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(connections);
        Queue<byte[]> ready = new ConcurrentLinkedQueue<>();
        Mac mac = mac(key);
        for (int i = 0; i < seconds * (rate == 0 ? READY_PER_SECOND : rate); i++) {
            ready.add(request(mac));
        }
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        List<Future<long[][]>> parts = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            long pause = rate == 0 ? 0 : (long) (1e9 * connections / rate);
            long first = begin + pause * i / connections;
            parts.add(senders.submit(() -> connection(port, key, ready, first, pause, end)));
        }
        List<long[]> nanos = new ArrayList<>();
        long refused = 0;
        for (Future<long[][]> part : parts) {
            nanos.add(part.get()[0]);
            refused += part.get()[1][0];
        }
        double took = (System.nanoTime() - begin) / 1e9;
        senders.shutdown();
        long[] all = nanos.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return new Result(all.length - refused, refused, all.length / took, at(all, 0.5), at(all, 0.99));
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }

    /** Latencies count from when a webhook was due, so that a late answer delays none of the others unseen. */
    private static long[][] connection(int port, String key, Queue<byte[]> ready, long first, long pause, long end)
            throws Exception {
        Mac mac = mac(key);
        long[] nanos = new long[1024];
        int count = 0;
        long refused = 0;
        long due = first;
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setTcpNoDelay(true);
                InputStream in = new BufferedInputStream(socket.getInputStream());
                boolean open = true;
                while (open && System.nanoTime() < end) {
                    long early = due - System.nanoTime();
                    if (pause > 0 && early > 0) {
                        TimeUnit.NANOSECONDS.sleep(early);
                    }
                    byte[] signed = ready.poll();
                    byte[] request = signed == null ? request(mac) : signed;
                    long begin = pause > 0 ? due : System.nanoTime();
                    socket.getOutputStream().write(request);
                    int status = status(in);
                    refused += Math.abs(status) == 200 ? 0 : 1;
                    open = status > 0;
                    nanos = count < nanos.length ? nanos : Arrays.copyOf(nanos, 2 * count);
                    nanos[count++] = System.nanoTime() - begin;
                    due += pause;
                }
            }
        }
        return new long[][] {Arrays.copyOf(nanos, count), {refused}};
    }

    private static Mac mac(String key) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return mac;
    }

    private static byte[] request(Mac mac) {
        byte[] body = Workload.webhook(NUMBER.incrementAndGet());
        String time = String.valueOf(System.currentTimeMillis() / 1000);
        mac.update(("v0:" + time + ":").getBytes(StandardCharsets.US_ASCII));
        String head = "POST /webhooks/customerio HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "X-CIO-Timestamp: " + time + "\r\nX-CIO-Signature: "
                + HexFormat.of().formatHex(mac.doFinal(body)) + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] request = Arrays.copyOf(head.getBytes(StandardCharsets.US_ASCII), head.length() + body.length);
        System.arraycopy(body, 0, request, head.length(), body.length);
        return request;
    }

    /** @return the status of the answer, negative where the server ends the connection, as it does every so often */
    private static int status(InputStream in) throws IOException {
        String first = line(in);
        int length = 0;
        boolean chunked = false;
        boolean last = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String lower = line.toLowerCase(java.util.Locale.ROOT);
            length = lower.startsWith("content-length:") ? Integer.parseInt(lower.substring(15).trim()) : length;
            last |= lower.startsWith("connection:") && lower.contains("close");
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
        }
        in.skipNBytes(length);
        while (chunked) {
            int size = Integer.parseInt(line(in), 16);
            in.skipNBytes(size + 2L);
            chunked = size > 0;
        }
        int status = Integer.parseInt(first.split(" ")[1]);
        return last ? -status : status;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("The service has closed a connection");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
