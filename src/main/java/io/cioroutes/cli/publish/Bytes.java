package io.cioroutes.cli.publish;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The bytes of a file or of standard input: buffered, counted, without a byte order mark. */
final class Bytes extends FilterInputStream {
    private static final int BUFFER = 64 * 1024;

    /** How much of the beginning stands for the whole. */
    private static final int HEAD = 4096;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final long size;
    private final byte[] head;
    private long position;

    private Bytes(InputStream in, long size) throws IOException {
        super(new BufferedInputStream(in, BUFFER));
        this.size = size;
        this.in.mark(HEAD);
        this.head = this.in.readNBytes(HEAD);
        this.in.reset();
        if (Arrays.equals(Arrays.copyOf(head, BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
            skipNBytes(BYTE_ORDER_MARK.length);
        }
    }

    static Bytes of(Path file) throws IOException {
        // A pipe under a file name has no size.
        return new Bytes(Files.newInputStream(file), Files.isRegularFile(file) ? Files.size(file) : -1);
    }

    static Bytes ofStandardInput() throws IOException {
        return new Bytes(System.in, -1);
    }

    /** Bytes in all, -1 where that cannot be told. */
    long size() {
        return size;
    }

    /** Bytes handed out so far. */
    long position() {
        return position;
    }

    /** A digest of the beginning. */
    String fingerprint() {
        return digest(head);
    }

    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public int read() throws IOException {
        int b = super.read();
        position += b < 0 ? 0 : 1;
        return b;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        int count = super.read(b, off, len);
        position += Math.max(0, count);
        return count;
    }

    @Override
    public long skip(long n) throws IOException {
        long count = super.skip(n);
        position += count;
        return count;
    }
}
