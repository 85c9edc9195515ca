package io.cioroutes.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cioroutes.broker.BrokerTopology;
import io.cioroutes.doctor.Doctor;
import io.cioroutes.doctor.DoctorConfiguration;
import io.cioroutes.doctor.DoctorReport;
import io.cioroutes.settings.ServiceEnvironment;
import io.cioroutes.webhook.WebhookProperties;
import io.cioroutes.webhook.WebhookTopology;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.boot.autoconfigure.amqp.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Looks at what the service would work with, without starting it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        header = "Look whether settings, broker, Customer.io and BigQuery are as they must be.",
        // Broken by hand: picocli would break lines inside of names.
        description = {
            "%nReads the same settings as the service: environment variables, files, Spring Boot's",
            "options. Then asks the broker, both APIs of Customer.io and BigQuery. Nothing is",
            "changed, published or sent. A running service answers the same at /actuator/doctor.%n"
        },
        optionListHeading = "%nOptions:%n",
        footer = "%nOptions of Spring Boot (--spring.profiles.active=prod) are those of the service.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:everything works; there may be warnings", "1:something does not", "2:wrong arguments"})
public final class DoctorCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Write the findings as JSON.")
    private boolean json;

    @Unmatched
    private List<String> springOptions = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        for (String option : springOptions) {
            if (!option.startsWith("--") || !option.contains("=")) {
                throw new ParameterException(spec.commandLine(), "Unknown argument: '" + option + "'");
            }
        }
        Quiet.libraries();
        DoctorReport report = examine();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(report));
        } else {
            print(report, out, spec.commandLine().getColorScheme().ansi());
        }
        out.flush();
        return report.healthy() ? 0 : 1;
    }

    private DoctorReport examine() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.setConversionService(new ApplicationConversionService());
        environment
                .getPropertySources()
                .addFirst(new SimpleCommandLinePropertySource(springOptions.toArray(String[]::new)));
        // Otherwise Spring would declare the topology on the first connection.
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("doctor", Map.of("spring.rabbitmq.dynamic", false)));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        ServiceEnvironment.derive(environment);
        try (var context = new AnnotationConfigApplicationContext()) {
            context.setEnvironment(environment);
            context.getBeanFactory().setConversionService(environment.getConversionService());
            context.register(Surroundings.class);
            context.refresh();
            return DoctorReport.of(context.getBean(Doctor.class).examine());
        }
    }

    private static void print(DoctorReport report, PrintWriter out, Ansi ansi) {
        for (DoctorReport.Line line : report.findings()) {
            String mark =
                    switch (line.level()) {
                        case "ok" -> "@|green ok     |@";
                        case "warning" -> "@|yellow,bold warning|@";
                        default -> "@|red,bold problem|@";
                    };
            out.println(ansi.string(mark) + "  " + line.area() + ": " + indented(line.what()));
            if (!line.action().isEmpty()) {
                out.println("         -> " + indented(line.action()));
            }
        }
        long problems = count(report, "problem");
        long warnings = count(report, "warning");
        out.println();
        out.println(
                problems + warnings == 0
                        ? "Everything is as it must be."
                        : problems + " problem" + (problems == 1 ? "" : "s") + ", " + warnings + " warning"
                                + (warnings == 1 ? "" : "s") + ".");
    }

    private static String indented(String text) {
        return text.replace("\n", "\n            ");
    }

    private static long count(DoctorReport report, String level) {
        return report.findings().stream()
                .filter(line -> line.level().equals(level))
                .count();
    }

    /** What the checks ask with; nothing of it connects or declares by itself. */
    @EnableConfigurationProperties(WebhookProperties.class)
    @Import({
        DoctorConfiguration.class,
        BrokerTopology.class,
        WebhookTopology.class,
        RabbitAutoConfiguration.class,
        SslAutoConfiguration.class
    })
    static class Surroundings {}
}
