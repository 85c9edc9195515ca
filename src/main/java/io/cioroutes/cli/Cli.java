package io.cioroutes.cli;

import io.cioroutes.cli.demo.DemoCommand;
import io.cioroutes.cli.publish.PublishCommand;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: hands over to a sub-command, and turns what happens there into messages and exit codes. */
@Command(
        name = "cio",
        header = "Commands from RabbitMQ to Customer.io.",
        description = "%nWithout a command the service starts; it takes Spring Boot's options (--server.port=…).%n",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            PublishCommand.class,
            ValidateCommand.class,
            TestCommand.class,
            DoctorCommand.class,
            HelpCommand.class
        },
        commandListHeading = "%nCommands:%n")
public final class Cli implements Callable<Integer> {
    /** A defect of the program; sysexits.h calls it EX_SOFTWARE. */
    private static final int DEFECT = 70;

    private static final Set<String> OWN_OPTIONS = Set.of("--help", "--version");

    @Spec
    private CommandLine.Model.CommandSpec spec;

    private Cli() {}

    /** Whether these arguments are for a sub-command; otherwise they are options of the service. */
    public static boolean isMeantBy(String... args) {
        return Arrays.stream(args).anyMatch(arg -> !arg.startsWith("--") || OWN_OPTIONS.contains(arg));
    }

    /**
     * Runs a sub-command to its end.
     *
     * @return the exit code: 0 when it did all that was asked for, 2 for wrong arguments, others as its help says
     */
    public static int run(String... args) {
        return commandLine().execute(args);
    }

    /** The command line with everything set but the arguments; also what describes the commands. */
    public static CommandLine commandLine() {
        return new CommandLine(new Cli())
                .setColorScheme(Help.defaultColorScheme(Terminal.ansi()))
                // "@" begins many a value: an argument is never a file of arguments.
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(Cli::wrongArguments)
                .setExecutionExceptionHandler(Cli::failed);
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    /** Two or three lines in place of picocli's, which print the whole usage and push the message off the screen. */
    private static int wrongArguments(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        var err = command.getErr();
        err.println(command.getColorScheme().errorText(e.getMessage()));
        CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
        err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        if (e instanceof CliException expected) {
            command.getErr().println(command.getColorScheme().errorText(expected.getMessage()));
            return expected.exitCode();
        }
        e.printStackTrace(command.getErr());
        return DEFECT;
    }
}
