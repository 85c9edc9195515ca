package io.cioroutes.cli.publish;

/** One message. */
final class SingleInput implements Input {
    private final byte[] body;
    private boolean read;

    SingleInput(byte[] body) {
        this.body = body;
    }

    @Override
    public Line next() {
        if (read) {
            return null;
        }
        read = true;
        return Line.of(1, body);
    }

    @Override
    public long size() {
        return 1;
    }

    @Override
    public long position() {
        return read ? 1 : 0;
    }

    @Override
    public String fingerprint() {
        throw new UnsupportedOperationException("one message needs no checkpoint");
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
