package io.cioroutes.cli.demo;

import com.rabbitmq.client.Connection;
import io.cioroutes.CustomerioRoutes;
import io.cioroutes.broker.BrokerInfo;
import io.cioroutes.broker.BrokerStatus;
import io.cioroutes.cli.CliException;
import io.cioroutes.sandbox.SandboxServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Shows the main job: starts the service, publishes a sample over AMQP, and sums up what became of each message. */
@Command(
        name = "demo",
        header = "Start the service, publish a day of a small online shop, show what becomes of it.",
        description = {
            "%nEverything is local unless variables name a real broker (SPRING_RABBITMQ_*) or Customer.io",
            "(CUSTOMERIO_*). Options of Spring Boot (--server.port=…) are handed on to the service.%n"
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every message ended as it should", "1:one did not", "70:the service did not start"})
public final class DemoCommand implements Callable<Integer> {

    private static final String LOG = "data/demo.log";
    private static final int NOT_STARTED = 70;

    @Option(names = "--messages", paramLabel = "N", defaultValue = "5000", description = "How many (${DEFAULT-VALUE}).")
    private int messages;

    @Option(names = "--once", description = "End after the summary instead of keeping the service running.")
    private boolean once;

    @Unmatched
    private List<String> serviceOptions = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, TimeoutException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%n  customerio-routes: a demonstration, on this machine alone%n%n  Starting the service …%n");
        out.flush();
        ConfigurableApplicationContext context = start();
        SandboxServer sandbox = context.getBeanProvider(SandboxServer.class).getIfAvailable();
        where(context, sandbox, out);
        boolean good;
        try (Connection connection = connect(context)) {
            var demonstration =
                    new Demonstration(connection, new Outcomes(context.getBean(MeterRegistry.class)), sandbox, out);
            good = demonstration.run("demo-" + Long.toString(System.currentTimeMillis(), 36), messages);
        }
        if (once) {
            context.close();
            return good ? 0 : 1;
        }
        next(context, sandbox, out);
        Thread.currentThread().join();
        return 0;
    }

    /** The log goes to a file: the screen belongs to the demonstration. */
    private ConfigurableApplicationContext start() {
        List<String> arguments = new ArrayList<>(List.of(
                "--logging.file.name=" + LOG,
                "--logging.threshold.console=ERROR",
                "--management.metrics.distribution.percentiles.cio.commands=0.5,0.95,0.99"));
        arguments.addAll(serviceOptions);
        try {
            return new SpringApplicationBuilder(CustomerioRoutes.class)
                    .logStartupInfo(false)
                    .run(arguments.toArray(String[]::new));
        } catch (RuntimeException e) {
            // Spring Boot has said why, above.
            throw new CliException(NOT_STARTED, "The service did not start. More in " + LOG + ".", e);
        }
    }

    private static Connection connect(ConfigurableApplicationContext context) throws IOException, TimeoutException {
        var connections = context.getBean(CachingConnectionFactory.class);
        return connections.getRabbitConnectionFactory().newConnection("customerio-routes demo");
    }

    private static void where(ConfigurableApplicationContext context, SandboxServer sandbox, PrintWriter out) {
        Environment environment = context.getEnvironment();
        out.printf("  Broker       %s%n", context.getBean(BrokerStatus.class).info());
        out.printf(
                "  Customer.io  %s%n%n",
                sandbox == null
                        ? environment.getProperty("cio.track.url") + " and " + environment.getProperty("cio.app.url")
                        : "the sandbox, " + sandbox.uri());
        out.flush();
    }

    private static void next(ConfigurableApplicationContext context, SandboxServer sandbox, PrintWriter out) {
        Environment environment = context.getEnvironment();
        String port = environment.getProperty("local.server.port", environment.getProperty("server.port", "8080"));
        out.printf("%n  The service keeps running until Ctrl-C. Have a look:%n%n");
        if (sandbox != null) {
            line(out, "people, events, messages", sandbox.uri().toString());
        }
        line(out, "health", "http://127.0.0.1:" + port + "/actuator/health");
        line(out, "metrics", "http://127.0.0.1:" + port + "/actuator/prometheus");
        line(out, "routes (Hawtio)", "http://127.0.0.1:" + port + "/actuator/hawtio/");
        out.printf("%n  Publish a message of your own, from a second terminal in this folder:%n%n");
        out.printf("    ./cio publish identify --body '{\"userId\": \"me\", \"attrs\": {\"plan\": \"pro\"}}'%n%n");
        BrokerInfo broker = context.getBean(BrokerStatus.class).info();
        if (broker.embedded()) {
            out.printf(
                    "    amqp-publish -u amqp://guest:guest@127.0.0.1:%d -e cio -r track -p \\%n"
                            + "      -C application/json -b '{\"userId\": \"me\", \"name\": \"hello\"}'%n%n",
                    broker.port());
        }
        out.printf("  The log is in %s.%n%n", LOG);
        out.flush();
    }

    private static void line(PrintWriter out, String what, String where) {
        out.printf(Locale.ROOT, "    %-26s %s%n", what, where);
    }
}
