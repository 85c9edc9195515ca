package io.cioroutes.cli.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.f4b6a3.ulid.Ulid;
import io.cioroutes.cli.CliException;
import io.cioroutes.command.CommandTranslator;
import io.cioroutes.command.CommandType;
import io.cioroutes.command.InvalidCommandException;
import io.cioroutes.command.MessageFacts;
import io.cioroutes.command.Violation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Checks bodies as the service will, and gives each message its id. */
final class Messages {
    /** Of a short string, as AMQP 0-9-1 has {@code message-id}. */
    private static final int MAX_ID_BYTES = 255;
    /** The 16 lowest of the high 64 bits of a ULID are random, the others say the time. */
    private static final long TIME_BITS = 0xFFFF_FFFF_FFFF_0000L;

    /** Compiling the schemas takes as long as connecting does: both happen at once. */
    private final CompletableFuture<CommandTranslator> translator =
            CompletableFuture.supplyAsync(CommandTranslator::new);

    private final CommandType command;
    private final String messageId;
    private final List<String> idField;
    private final Ulid run;

    /**
     * @param messageId of the only message; null for none
     * @param idField field of the body that names a message; null for none
     * @param checkpoint names the import over all its runs; null for an import of one run
     */
    Messages(CommandType command, String messageId, String idField, Checkpoint checkpoint) {
        this.command = command;
        this.messageId = messageId;
        this.idField = idField == null ? null : Column.of(idField).path();
        this.run = checkpoint == null ? Ulid.fast() : Ulid.from(checkpoint.run());
    }

    CommandType command() {
        return command;
    }

    /**
     * Checks a message.
     *
     * @return its id
     * @throws Refused when it can never be delivered as it is
     */
    String check(Line line) throws Refused {
        if (line.problem() != null) {
            throw new Refused(List.of(line.problem()));
        }
        String id = idFor(line);
        if (id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
            throw new Refused(List.of(new Violation("message_id", "is longer than AMQP's " + MAX_ID_BYTES + " bytes")));
        }
        return id;
    }

    private String idFor(Line line) throws Refused {
        try {
            String ofBody = translator
                    .join()
                    .translate(
                            command,
                            line.body(),
                            new MessageFacts(null, null, Instant.now().getEpochSecond()))
                    .messageId();
            if (messageId != null) {
                return messageId;
            }
            if (idField != null) {
                return idOf(line.body());
            }
            return ofBody != null ? ofBody : ulid(line.number());
        } catch (InvalidCommandException e) {
            throw new Refused(e.violations());
        }
    }

    /** A message that is not published. */
    static final class Refused extends Exception {
        private final transient List<Violation> violations;

        Refused(List<Violation> violations) {
            super(violations.toString(), null, false, false);
            this.violations = violations;
        }

        List<Violation> violations() {
            return violations;
        }
    }

    private String idOf(byte[] body) throws Refused {
        JsonNode value;
        try {
            value = Rows.MAPPER.readTree(body);
        } catch (IOException e) {
            throw CliException.usage("A valid body is not JSON: " + CliException.text(e), e);
        }
        for (String name : idField) {
            value = value.path(name);
        }
        if (!value.isTextual() && !value.isIntegralNumber() || value.asText().isBlank()) {
            throw new Refused(List.of(new Violation(
                    String.join(".", idField), "must be a text or an integer, it names the message (--id-field)")));
        }
        return value.asText();
    }

    /** Always the same one for the same line of the same import: what is published twice can be told. */
    private String ulid(long line) {
        ByteBuffer hash = ByteBuffer.wrap(sha256(run + ":" + line));
        return new Ulid(run.getMostSignificantBits() & TIME_BITS | hash.getLong() & ~TIME_BITS, hash.getLong())
                .toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
