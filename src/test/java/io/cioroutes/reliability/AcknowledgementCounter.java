package io.cioroutes.reliability;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and the broker, hands everything on, and counts how many {@code basic.ack} frames the client
 * sends. The layout of frames is that of AMQP 0-9-1, section 4.2.3.
 */
final class AcknowledgementCounter implements AutoCloseable {
    private static final int PROTOCOL_HEADER = 8;
    private static final int METHOD_FRAME = 1;
    private static final int BASIC = 60;
    private static final int ACK = 80;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService pumps = Executors.newCachedThreadPool();
    private final AtomicLong acknowledgements = new AtomicLong();

    AcknowledgementCounter(String brokerHost, int brokerPort) throws IOException {
        pumps.submit(() -> {
            while (!server.isClosed()) {
                Socket client = server.accept();
                Socket broker = new Socket(brokerHost, brokerPort);
                client.setTcpNoDelay(true);
                broker.setTcpNoDelay(true);
                pump(client, broker, this::countAndCopy);
                pump(broker, client, InputStream::transferTo);
            }
            return null;
        });
    }

    @FunctionalInterface
    private interface Copy {
        long apply(InputStream in, OutputStream out) throws IOException;
    }

    private void pump(Socket from, Socket to, Copy copy) {
        pumps.submit(() -> {
            try (from;
                    to) {
                copy.apply(from.getInputStream(), to.getOutputStream());
            } catch (EOFException | SocketException ended) {
                // One side has closed the connection, and so the other is closed as well.
            }
            return null;
        });
    }

    private long countAndCopy(InputStream client, OutputStream broker) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(client, 1 << 16));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(broker, 1 << 16));
        out.write(in.readNBytes(PROTOCOL_HEADER));
        while (true) {
            if (in.available() == 0) {
                out.flush();
            }
            int type = in.readUnsignedByte();
            short channel = in.readShort();
            int size = in.readInt();
            byte[] payload = in.readNBytes(size);
            if (type == METHOD_FRAME && word(payload, 0) == BASIC && word(payload, 2) == ACK) {
                acknowledgements.incrementAndGet();
            }
            out.writeByte(type);
            out.writeShort(channel);
            out.writeInt(size);
            out.write(payload);
            out.writeByte(in.readUnsignedByte());
        }
    }

    private static int word(byte[] bytes, int index) {
        return (bytes[index] & 0xff) << 8 | bytes[index + 1] & 0xff;
    }

    /** Where to connect in place of the broker, on the loopback address. */
    int port() {
        return server.getLocalPort();
    }

    /** Frames so far, each for one delivery or for several. */
    long acknowledgements() {
        return acknowledgements.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
        pumps.shutdownNow();
    }
}
