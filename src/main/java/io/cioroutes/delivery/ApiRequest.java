package io.cioroutes.delivery;

import io.cioroutes.command.Operation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Exchange;

/**
 * One HTTP request to Customer.io and the commands whose current operations it carries: up to a hundred for Track v2's
 * {@code /batch}, one for everything else. It stays on the exchange, as a property, from the moment it is made until
 * every command in it is settled.
 */
public final class ApiRequest {

    /** Where a batch of Track v2 operations goes. */
    static final String BATCH_PATH = "/api/v2/batch";

    private static final String PROPERTY = "CioRequest";
    private static final byte[] BATCH_START = "{\"batch\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BATCH_END = "]}".getBytes(StandardCharsets.US_ASCII);

    private final Operation.Kind kind;
    private final List<Command> commands;
    private int bytes;

    private ApiRequest(Operation.Kind kind, List<Command> commands) {
        this.kind = kind;
        this.commands = commands;
        commands.forEach(command -> bytes += command.operation().body().length);
    }

    /** A request of one command, of the kind that its current operation asks for. */
    static ApiRequest of(Command command) {
        List<Command> one = new ArrayList<>(1);
        one.add(command);
        return new ApiRequest(command.operation().kind(), one);
    }

    /** The request that an exchange is about. */
    static ApiRequest of(Exchange exchange) {
        return Objects.requireNonNull(
                exchange.getProperty(PROPERTY, ApiRequest.class), "the exchange carries no request to Customer.io");
    }

    /** The request that an exchange is about, or null when none was made yet. */
    static ApiRequest ofNullable(Exchange exchange) {
        return exchange.getProperty(PROPERTY, ApiRequest.class);
    }

    /** Makes this request the one that the exchange is about. */
    void attach(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    /** Adds a command to a batch. */
    void add(Command command) {
        commands.add(command);
        bytes += command.operation().body().length;
    }

    /** The commands in the order of their operations in the request. */
    public List<Command> commands() {
        return commands;
    }

    /** How many operations it carries. */
    public int size() {
        return commands.size();
    }

    /** Bytes of all operations together. */
    public int bytes() {
        return bytes;
    }

    /** True for requests to the App API, false for those to the Track API. */
    public boolean isApp() {
        return kind == Operation.Kind.SEND || kind == Operation.Kind.BROADCAST;
    }

    /** HTTP method. */
    String method() {
        return kind == Operation.Kind.BATCH
                ? "POST"
                : commands.get(0).operation().method();
    }

    /** Path, percent-encoded, from the root of the host. */
    String path() {
        return kind == Operation.Kind.BATCH
                ? BATCH_PATH
                : commands.get(0).operation().path();
    }

    /** The body as it goes over the wire; null for a request without one. */
    byte[] body() {
        if (kind != Operation.Kind.BATCH) {
            byte[] body = commands.get(0).operation().body();
            return body.length == 0 ? null : body;
        }
        var out = new ByteArrayOutputStream(bytes + commands.size() + BATCH_START.length + BATCH_END.length);
        out.writeBytes(BATCH_START);
        for (int i = 0; i < commands.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(commands.get(i).operation().body());
        }
        out.writeBytes(BATCH_END);
        return out.toByteArray();
    }

    /** Drops the commands whose channel has closed: the broker delivers them again, here or elsewhere. */
    void dropClosed() {
        if (commands.removeIf(command -> {
            boolean gone = !command.delivery().isOpen();
            if (gone) {
                command.delivery().abandon();
            }
            return gone;
        })) {
            bytes = commands.stream()
                    .mapToInt(command -> command.operation().body().length)
                    .sum();
        }
    }

    @Override
    public String toString() {
        return size() == 1 ? commands.get(0).toString() : size() + " Track operations";
    }
}
