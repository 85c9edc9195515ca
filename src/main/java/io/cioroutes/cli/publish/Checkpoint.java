package io.cioroutes.cli.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.f4b6a3.ulid.Ulid;
import io.cioroutes.cli.CliException;
import io.cioroutes.command.CommandType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How far an import has come, in a file. Everything up to {@code line} is done: confirmed by the broker, or refused. The
 * checksum of that line tells whether the input is still the one that was read. The file is written after every step, so
 * that it survives a killed process; what a crash of the machine may lose is sent again under the same message ids.
 */
final class Checkpoint implements AutoCloseable {
    /** One sector: a disk writes it as a whole. */
    private static final int SIZE = 512;

    private final Path path;
    private final FileChannel file;
    private final CommandType command;
    private final String fingerprint;
    private String run;
    private long line;
    private String mark = "";
    private long published;
    private long refused;

    private Checkpoint(Path path, FileChannel file, CommandType command, String fingerprint) {
        this.path = path;
        this.file = file;
        this.command = command;
        this.fingerprint = fingerprint;
    }

    /**
     * Opens a file, and makes one where there is none. One process at a time has it.
     *
     * @throws CliException when it belongs to another import, or is in use
     */
    static Checkpoint open(Path path, CommandType command, String fingerprint) throws IOException {
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(path, file);
            var checkpoint = new Checkpoint(path, file, command, fingerprint);
            if (file.size() == 0) {
                checkpoint.run = Ulid.fast().toString();
                checkpoint.write();
            } else {
                checkpoint.read();
            }
            return checkpoint;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void lock(Path path, FileChannel file) throws IOException {
        try {
            if (file.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // In use by this same process.
        }
        throw CliException.usage("The checkpoint " + path + " is in use by another import.", null);
    }

    private void read() throws IOException {
        ByteBuffer content = ByteBuffer.allocate(SIZE);
        while (content.hasRemaining() && file.read(content) >= 0) {
            // Reads up to what is there.
        }
        JsonNode json;
        try {
            json = Rows.MAPPER.readTree(content.array(), 0, content.position());
        } catch (IOException e) {
            throw CliException.usage(path + " is no checkpoint. Name another file.", e);
        }
        if (!json.path("command").asText().equals(command.routingKey())
                || !json.path("input").asText().equals(fingerprint)) {
            throw CliException.usage(
                    "The checkpoint " + path + " is of another import: command or input differ. Name another file, or"
                            + " delete it to begin anew.",
                    null);
        }
        run = json.path("run").asText();
        line = json.path("line").asLong();
        mark = json.path("mark").asText();
        published = json.path("published").asLong();
        refused = json.path("refused").asLong();
    }

    /** Names this import over all its runs. */
    String run() {
        return run;
    }

    /** Every line up to this one is done. */
    long line() {
        return line;
    }

    /** The {@linkplain Line#mark() checksum} of the line that was done last. */
    String mark() {
        return mark;
    }

    /** Lines published in earlier runs and this one. */
    long published() {
        return published;
    }

    /** Lines refused in earlier runs and this one. */
    long refused() {
        return refused;
    }

    /** This line and all before it are done. */
    void advance(long doneLine, String doneMark, boolean wasRefused) throws IOException {
        line = doneLine;
        mark = doneMark;
        published += wasRefused ? 0 : 1;
        refused += wasRefused ? 1 : 0;
        write();
    }

    private void write() throws IOException {
        String json = Rows.MAPPER.writeValueAsString(Rows.MAPPER
                .createObjectNode()
                .put("command", command.routingKey())
                .put("input", fingerprint)
                .put("run", run)
                .put("line", line)
                .put("mark", mark)
                .put("published", published)
                .put("refused", refused));
        byte[] padded = (json + " ".repeat(SIZE - 1 - json.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
        file.write(ByteBuffer.wrap(padded), 0);
    }

    @Override
    public void close() throws IOException {
        if (file.isOpen()) {
            file.force(true);
            file.close();
        }
    }
}
