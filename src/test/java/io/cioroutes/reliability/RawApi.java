package io.cioroutes.reliability;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Between the service and the sandbox: passes requests on, or breaks every rule of HTTP. */
final class RawApi implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)", Pattern.CASE_INSENSITIVE);

    private final ServerSocket server;
    private final int sandbox;
    private volatile Answer answer;
    private volatile int requests;

    /** What happens after a request was read to its end. Closing the socket ends the connection. */
    @FunctionalInterface
    interface Answer {
        void to(Socket socket) throws IOException;

        /** Bytes as they are. */
        static Answer text(String text) {
            return socket -> socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** A proper answer. */
        static Answer ok(String status, String type, String body) {
            return text("HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(status, type, body.length(), body));
        }

        default Answer then(Answer next) {
            return socket -> {
                to(socket);
                next.to(socket);
            };
        }
    }

    /** @param sandbox port to pass requests on to */
    RawApi(int sandbox) {
        this.sandbox = sandbox;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** From now on each request gets this answer. */
    void answer(Answer newAnswer) {
        requests = 0;
        answer = newAnswer;
    }

    /** From now on the sandbox answers again. */
    void passOn() {
        answer = null;
    }

    /** How many requests it has kept for itself since {@link #answer}. */
    int requests() {
        return requests;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The end of this server.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (byte[] request = read(in); request != null && !socket.isClosed(); request = read(in)) {
                Answer now = answer;
                if (now == null) {
                    passOn(request, socket);
                } else {
                    count();
                    now.to(socket);
                }
            }
        } catch (IOException e) {
            // The client has had enough of it.
        }
    }

    private synchronized void count() {
        requests++;
    }

    /** One request, after whose answer both connections end. */
    private void passOn(byte[] request, Socket client) throws IOException {
        String head = new String(request, StandardCharsets.ISO_8859_1);
        try (Socket api = new Socket(InetAddress.getLoopbackAddress(), sandbox)) {
            api.getOutputStream()
                    .write(head.replaceFirst("(?i)\r\nconnection: keep-alive", "\r\nConnection: close")
                            .getBytes(StandardCharsets.ISO_8859_1));
            String answered = new String(api.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            // Announced: a client that is not told may use the connection in the moment in which it ends.
            client.getOutputStream()
                    .write(answered.replaceFirst("\r\n", "\r\nConnection: close\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
        }
        client.close();
    }

    /** One request, head and body; null at the end of the connection. */
    private static byte[] read(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            bytes.write(b);
            if (b == '\n' && bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                Matcher length = LENGTH.matcher(bytes.toString(StandardCharsets.ISO_8859_1));
                bytes.write(in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0));
                return bytes.toByteArray();
            }
        }
        return null;
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "raw-api");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
