package io.cioroutes.reliability;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** In Customer.io's place, on its port: a server that may break every rule of HTTP. */
final class RawApi implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)", Pattern.CASE_INSENSITIVE);

    private final ServerSocket server = new ServerSocket();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Answer answer;
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

    RawApi(int port, Answer answer) throws IOException {
        this.answer = answer;
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        daemon(this::accept);
    }

    /** How many requests it has read. */
    int requests() {
        return requests;
    }

    /** Ends all connections that are open now, with a FIN. */
    void dropConnections() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The end of this server.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (!socket.isClosed() && readRequest(in)) {
                count();
                answer.to(socket);
            }
        } catch (IOException e) {
            // The client has had enough of it.
        } finally {
            sockets.remove(socket);
        }
    }

    private synchronized void count() {
        requests++;
    }

    private static boolean readRequest(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                Matcher length = LENGTH.matcher(head.toString(StandardCharsets.ISO_8859_1));
                in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
                return true;
            }
        }
        return false;
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
            dropConnections();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
