package io.cioroutes.cli.publish;

import java.io.IOException;

/** Where the messages come from, read one by one. */
interface Input extends AutoCloseable {
    /** A message takes no more than this, in bytes: above Customer.io's largest request, 25 MB for a broadcast. */
    int MAX_BYTES = 32 * 1024 * 1024;

    /** The next message, or null at the end. */
    Line next() throws IOException;

    /** How much there is, in the unit of {@link #position()}; -1 where that cannot be told. */
    long size();

    /** How much was read so far: bytes of a file, rows of a query. */
    long position();

    /** What tells this input from another one, for a checkpoint: a digest of its beginning, or of the query. */
    String fingerprint();

    @Override
    void close() throws IOException;
}
