package io.cioroutes.cli.demo;

import io.cioroutes.broker.BrokerStatus;
import io.cioroutes.broker.EmbeddedBroker;
import io.cioroutes.cli.BrokerAddress;
import io.cioroutes.sandbox.SandboxServer;
import io.cioroutes.webhook.SandboxWebhooks;
import java.io.IOException;
import java.net.URI;
import org.springframework.boot.autoconfigure.amqp.RabbitProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** What the service works with: its own broker and sandbox, or what the settings name. */
final class Surroundings {
    private static final String ONE_MESSAGE = "'{\"userId\": \"me\", \"attrs\": {\"plan\": \"pro\"}}'";

    private final SandboxServer sandbox;
    private final EmbeddedBroker embedded;
    private final BrokerAddress broker;
    private final String brokerName;
    private final Environment environment;
    private final SandboxWebhooks webhooks;

    Surroundings(ConfigurableApplicationContext context) {
        this.sandbox = context.getBeanProvider(SandboxServer.class).getIfAvailable();
        this.embedded = context.getBeanProvider(EmbeddedBroker.class).getIfAvailable();
        this.broker = BrokerAddress.of(context.getBean(RabbitProperties.class), "the service's settings");
        this.brokerName = context.getBean(BrokerStatus.class).info().toString();
        this.environment = context.getEnvironment();
        this.webhooks = context.getBeanProvider(SandboxWebhooks.class).getIfAvailable();
    }

    /** The sandbox, or null where Customer.io is something else. */
    SandboxServer sandbox() {
        return sandbox;
    }

    BrokerAddress broker() {
        return broker;
    }

    /** What the sandbox reports, as the local analytics database has it; null where one of the two is something else. */
    Results results() throws IOException, InterruptedException {
        return reportsHere() ? new Results(URI.create(service("/analytics/query")), webhooks) : null;
    }

    private boolean reportsHere() {
        return webhooks != null && storesHere();
    }

    private boolean storesHere() {
        return environment.getRequiredProperty("cio.role.analytics", Boolean.class)
                && environment.getProperty("cio.bigquery.project", "").isEmpty();
    }

    private String service(String path) {
        return "http://localhost:" + environment.getProperty("local.server.port", "8080") + path;
    }

    /** The hosts that calls go to. */
    String customerio() {
        String track = environment.getRequiredProperty("cio.track.url");
        String app = environment.getRequiredProperty("cio.app.url");
        return track.equals(app) ? track : track + " and " + app;
    }

    boolean isRealCustomerio() {
        return isReal("cio.track.url") || isReal("cio.app.url");
    }

    private boolean isReal(String property) {
        String host = URI.create(environment.getRequiredProperty(property)).getHost();
        return host != null && host.endsWith(".customer.io");
    }

    /** Says what is used. */
    void print(Screen screen) {
        screen.line("  Broker       " + brokerName);
        screen.line("  Customer.io  "
                + (sandbox == null
                        ? customerio() + " (CUSTOMERIO_* set)"
                        : "sandbox at " + sandbox.uri() + ", nothing leaves this machine"));
        if (webhooks != null) {
            screen.line("  Webhooks     from the sandbox to " + service("/webhooks/customerio")
                    + ", signed with a key for local use");
        }
        screen.line("  Analytics    "
                + (storesHere() ? "a database on this machine: " + service("/analytics") : bigQuery()));
    }

    /** Says where to look, and how to publish a message of one's own. */
    void invite(Screen screen) {
        String uri = embedded == null ? "amqp://USER:PASSWORD@" + broker : embedded.uri();
        screen.line();
        screen.line(screen.bold("The service goes on running; Ctrl-C stops it."));
        screen.line();
        if (sandbox != null) {
            screen.line("  Sandbox  " + sandbox.uri() + "   people, events, messages, live");
        }
        if (storesHere()) {
            screen.line("  Results  " + service("/analytics") + "   what became of messages, in SQL");
        }
        screen.line("  Hawtio   " + http("/actuator/hawtio/") + "   routes, dead letters");
        screen.line("  Health   " + http("/actuator/health"));
        screen.line("  Metrics  " + http("/actuator/prometheus"));
        screen.line("  Broker   " + uri);
        screen.line("  Log      " + environment.getProperty("logging.file.name"));
        screen.line();
        screen.line("Publish a message of your own, in a second terminal:");
        screen.line();
        screen.line("  ./cio publish identify --body " + ONE_MESSAGE);
        screen.line();
        screen.line("or with any AMQP 0-9-1 client, for example of Debian's amqp-tools:");
        screen.line();
        screen.line("  amqp-publish -u " + uri + " -e cio -r identify \\");
        screen.line("    -p -C application/json -b " + ONE_MESSAGE);
        screen.line();
    }

    private String bigQuery() {
        String project = environment.getProperty("cio.bigquery.project", "");
        return project.isEmpty() ? "not done by this instance" : "BigQuery, project " + project;
    }

    private String http(String path) {
        String port =
                environment.getProperty("local.management.port", environment.getProperty("local.server.port", "8080"));
        return "http://localhost:" + port + path;
    }
}
