package io.cioroutes.cli.publish;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** One JSON object a line, published byte for byte as it stands there. Blank lines do not count. */
final class NdjsonInput implements Input {
    private final Bytes bytes;
    private final byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private long number;

    NdjsonInput(Bytes bytes) {
        this.bytes = bytes;
    }

    @Override
    public Line next() throws IOException {
        while (true) {
            Line line = read();
            if (line == null || line.problem() != null || !isBlank(line.body())) {
                return line;
            }
        }
    }

    private Line read() throws IOException {
        var line = new ByteArrayOutputStream(512);
        boolean any = false;
        boolean tooLong = false;
        while (true) {
            if (start == end) {
                start = 0;
                end = Math.max(0, bytes.read(buffer, 0, buffer.length));
                if (end == 0) {
                    break;
                }
            }
            if (!any) {
                any = true;
                number++;
            }
            int newline = start;
            while (newline < end && buffer[newline] != '\n') {
                newline++;
            }
            tooLong |= line.size() + newline - start > MAX_BYTES;
            if (!tooLong) {
                line.write(buffer, start, newline - start);
            }
            boolean complete = newline < end;
            start = complete ? newline + 1 : end;
            if (complete) {
                break;
            }
        }
        if (!any) {
            return null;
        }
        return tooLong
                ? Line.broken(number, "", "the line is longer than " + MAX_BYTES + " bytes")
                : Line.of(number, withoutReturn(line.toByteArray()));
    }

    private static byte[] withoutReturn(byte[] line) {
        int last = line.length - 1;
        return last >= 0 && line[last] == '\r' ? java.util.Arrays.copyOf(line, last) : line;
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t') {
                return false;
            }
        }
        return true;
    }

    @Override
    public long size() {
        return bytes.size();
    }

    @Override
    public long position() {
        return bytes.position() - (end - start);
    }

    @Override
    public String fingerprint() {
        return bytes.fingerprint();
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
