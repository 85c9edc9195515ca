package io.cioroutes.cli.publish;

import io.cioroutes.cli.BrokerAddress;
import io.cioroutes.cli.CliException;
import io.cioroutes.cli.Quiet;
import io.cioroutes.command.CommandType;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Publishes messages from arguments, files and databases. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showAtFileInUsageHelp = false,
        abbreviateSynopsis = true,
        header = "Publish messages: one, those of a file, or the rows of a query.",
        // Broken by hand: picocli would break lines inside of names.
        description = {
            "%nEach message is checked against the JSON Schema of its command and against the",
            "limits that Customer.io documents. What is valid is published to the exchange",
            "cio, what is not is refused and named.%n"
        },
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nColumns of CSV and SQL are named after the fields that they fill: userId,",
            "attrs.plan, data.price. A backslash keeps a dot in a name: attrs.a\\.b. An empty",
            "value is left out. true and false are booleans. Inside attrs, data, options and",
            "attributes what looks like a number is one (but not 0049, +1555, or more than 15",
            "digits), and null is null. All else is text, in quotes or not. A type behind the",
            "name decides: attrs.zip:text, or :number, :boolean, :json.",
            "SQL values keep the type that they have in the database; dates and times become",
            "unix seconds. A name with capitals needs quotes: SELECT id AS \"userId\".",
            "%nA message's id is its field id (or that of --id-field), else a new ULID.",
            "%nWith --checkpoint an import that was stopped goes on where it was. Stopped by",
            "Ctrl-C: each line is published once. Killed, or the connection lost: at most",
            Import.MOST_OPEN + " lines are published again, under the same message ids, so that no event",
            "counts and no message goes out twice.",
            "%nExamples:",
            "  cio publish identify --body '{\"userId\": \"u1\", \"attrs\": {\"plan\": \"pro\"}}'",
            "  cio publish track --file events.ndjson --rejects refused.ndjson",
            "  cio publish identify --file users.csv --checkpoint users.checkpoint",
            "  cio publish identify --jdbc 'jdbc:postgresql://db/shop?user=cio' \\",
            "    --query 'SELECT id AS \"userId\", plan AS \"attrs.plan\" FROM users'"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was published",
            "1:some lines were refused (or the message, by Customer.io: --reply)",
            "2:wrong arguments, or the input cannot be read",
            "3:the broker cannot be reached, does not take the messages, or no reply came"
        })
public final class PublishCommand implements Callable<Integer> {
    private static final Pattern ORDER_BY = Pattern.compile("\\border\\s+by\\b", Pattern.CASE_INSENSITIVE);

    enum Format {
        json,
        ndjson,
        csv
    }

    /** Where the messages come from. */
    static final class Source {
        @Option(names = "--body", paramLabel = "JSON", description = "One message.")
        private String body;

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = {
                    "Its name ends in .json: one message;",
                    ".ndjson, .jsonl: one a line; .csv: one a row,",
                    "below a header. -: standard input, NDJSON unless",
                    "--format says otherwise."
                })
        private String file;

        @ArgGroup(exclusive = false)
        private Sql sql;
    }

    static final class Sql {
        @Option(
                names = "--jdbc",
                paramLabel = "URL",
                required = true,
                description = {"A database, for example", "jdbc:postgresql://host/name?user=…&password=…"})
        private String url;

        @Option(names = "--query", paramLabel = "SQL", required = true, description = "One message a row of this.")
        private String query;
    }

    @Parameters(
            index = "0",
            paramLabel = "COMMAND",
            converter = CommandName.class,
            completionCandidates = CommandName.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private CommandType command;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "json, ndjson or csv, whatever the file is called.")
    private Format format;

    @Option(
            names = "--uri",
            paramLabel = "URI",
            description = {
                "The broker: amqp://user:password@host:5672/vhost.",
                "By default what SPRING_RABBITMQ_* say, else the",
                "local service's own broker (data/broker.json),",
                "else amqp://guest:guest@127.0.0.1:5672."
            })
    private String uri;

    @Option(names = "--message-id", paramLabel = "ID", description = "The AMQP message_id, of one message.")
    private String messageId;

    @Option(
            names = "--id-field",
            paramLabel = "FIELD",
            description = "The body's field that names each message, for example data.orderId.")
    private String idField;

    @Option(
            names = "--reply",
            arity = "0..1",
            fallbackValue = "30",
            paramLabel = "SECONDS",
            description = "Wait for Customer.io's answer and print it: one transactional or broadcast message; 30 s"
                    + " by default.")
    private Integer reply;

    @Option(names = "--rate", paramLabel = "N", description = "Publish at most so many messages a second.")
    private Integer rate;

    @Option(names = "--dry-run", description = "Only check, publish nothing; needs no broker.")
    private boolean dryRun;

    @Option(
            names = "--rejects",
            paramLabel = "FILE",
            description = "Write what was refused there: a JSON object a line, with line, violations and body.")
    private Path rejects;

    @Option(names = "--checkpoint", paramLabel = "FILE", description = "Keep there how far it came, and go on from it.")
    private Path checkpointFile;

    @Spec
    private CommandSpec spec;

    /** Takes a command by its routing key. */
    static final class CommandName implements ITypeConverter<CommandType>, Iterable<String> {
        @Override
        public CommandType convert(String value) {
            return CommandType.ofRoutingKey(value)
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + value + "' is no command; there are " + String.join(", ", names())));
        }

        @Override
        public Iterator<String> iterator() {
            return names().iterator();
        }

        private static List<String> names() {
            return Arrays.stream(CommandType.values())
                    .map(CommandType::routingKey)
                    .collect(Collectors.toList());
        }
    }

    @Override
    public Integer call() {
        Quiet.libraries();
        checkOptions();
        PrintWriter err = spec.commandLine().getErr();
        try (Input input = open();
                Checkpoint checkpoint =
                        checkpointFile == null ? null : Checkpoint.open(checkpointFile, command, input.fingerprint());
                Refusals refusals = Refusals.to(rejects, checkpoint != null && checkpoint.line() > 0)) {
            Messages messages = new Messages(command, messageId, idField, checkpoint);
            Import work = new Import(input, messages, checkpoint, refusals, rate, err);
            if (dryRun) {
                return work.check();
            }
            BrokerAddress broker = BrokerAddress.find(uri, System.getenv());
            return reply == null
                    ? work.publish(broker)
                    : new Request(
                                    messages,
                                    Duration.ofSeconds(reply),
                                    spec.commandLine().getOut(),
                                    err)
                            .send(broker, input.next());
        } catch (NoSuchFileException e) {
            throw CliException.usage("There is no file " + e.getFile() + ".", e);
        } catch (IOException e) {
            throw CliException.usage("Cannot go on: " + CliException.text(e) + ".", e);
        }
    }

    private void checkOptions() {
        boolean one = source.body != null || format() == Format.json;
        require(one || messageId == null, "--message-id goes with one message; for many there is --id-field.");
        require(messageId == null || idField == null, "Give either --message-id or --id-field.");
        require(checkpointFile == null || !one && !dryRun, "--checkpoint goes with publishing many messages.");
        require(rate == null || rate > 0, "--rate must be 1 or more.");
        require(
                source.body == null || source.body.indexOf('\uFFFD') < 0,
                "The message has characters that the terminal's locale cannot say. Set LC_ALL=C.UTF-8, or use --file.");
        if (reply != null) {
            require(
                    command == CommandType.TRANSACTIONAL || command == CommandType.BROADCAST,
                    "--reply goes with transactional and broadcast: nothing else is answered.");
            require(one, "--reply goes with one message.");
            require(!dryRun, "--reply does not go with --dry-run.");
            require(reply > 0, "--reply must be 1 or more seconds.");
        }
        if (source.sql != null) {
            require(format == null, "--format goes with --file.");
            require(
                    checkpointFile == null || ORDER_BY.matcher(source.sql.query).find(),
                    "--checkpoint needs an ORDER BY in --query: without it the rows may come in another order next"
                            + " time.");
        }
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    /** The format of {@code --file}; null for other sources. */
    private Format format() {
        if (source.file == null || format != null) {
            return format;
        }
        String name = source.file.toLowerCase(Locale.ROOT);
        if (name.equals("-") || name.endsWith(".ndjson") || name.endsWith(".jsonl")) {
            return Format.ndjson;
        }
        if (name.endsWith(".csv") || name.endsWith(".json")) {
            return name.endsWith(".csv") ? Format.csv : Format.json;
        }
        throw new ParameterException(
                spec.commandLine(), "What is in " + source.file + "? Say it with --format json, ndjson or csv.");
    }

    private Input open() throws IOException {
        if (source.body != null) {
            return new SingleInput(source.body.getBytes(StandardCharsets.UTF_8));
        }
        if (source.sql != null) {
            return new SqlInput(source.sql.url, source.sql.query);
        }
        Bytes bytes = source.file.equals("-") ? Bytes.ofStandardInput() : Bytes.of(Path.of(source.file));
        return switch (format()) {
            case json -> {
                try (bytes) {
                    yield new SingleInput(bytes.readNBytes(Input.MAX_BYTES));
                }
            }
            case ndjson -> new NdjsonInput(bytes);
            case csv -> new CsvInput(bytes);
        };
    }
}
