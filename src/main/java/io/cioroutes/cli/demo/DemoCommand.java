package io.cioroutes.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Starts the service and shows what it does with the commands of an online shop's day. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        header = "See it work: a day of an online shop, published, delivered and checked.",
        // Broken by hand: picocli would break lines inside of names.
        description = {
            "%nStarts the service in its local profile, with nothing to install: a broker and a",
            "sandbox in place of Customer.io run in this process. Then publishes commands of",
            "every kind over AMQP, some of them wrong on purpose, and shows and checks what",
            "became of each. It goes on running, so that you can publish your own.",
            "%nWith SPRING_RABBITMQ_* or CUSTOMERIO_* set, it uses those instead.%n"
        },
        optionListHeading = "%nOptions:%n",
        footer = "%nOptions of Spring Boot (--server.port=…) go to the service.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the check holds (--once)",
            "1:it does not, or the service did not start",
            "2:wrong arguments",
            "3:the connection to the broker was lost"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int MOST = 100_000;

    @Option(names = "--messages", paramLabel = "N", defaultValue = "5000", description = "How many; 5000 by default.")
    private int messages;

    @Option(names = "--once", description = "End after the summary.")
    private boolean once;

    @Option(names = "--yes", description = "Send the sample to the real Customer.io, if CUSTOMERIO_* name it.")
    private boolean yes;

    @Unmatched
    private List<String> springOptions = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (messages < 1 || messages > MOST) {
            throw new ParameterException(spec.commandLine(), "--messages must be from 1 to " + MOST + ".");
        }
        for (String option : springOptions) {
            if (!option.startsWith("--") || !option.contains("=")) {
                throw new ParameterException(spec.commandLine(), "Unknown argument: '" + option + "'");
            }
        }
        Screen screen =
                new Screen(spec.commandLine().getOut(), spec.commandLine().getColorScheme());
        return new Demo(screen, messages, once, yes).run(springOptions.toArray(String[]::new));
    }
}
