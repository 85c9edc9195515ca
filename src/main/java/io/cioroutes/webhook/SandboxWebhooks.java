package io.cioroutes.webhook;

import io.cioroutes.sandbox.SandboxServer;
import java.net.URI;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;

/** Closes the loop in the local profile: what the sandbox accepts comes back as webhooks while the service runs. */
public final class SandboxWebhooks implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxWebhooks.class);

    private final SandboxServer sandbox;
    private final SandboxWebhookProperties options;
    private final String signingKey;
    private final Environment environment;
    private final SandboxReports reports;
    private volatile WebhookSimulator simulator;

    SandboxWebhooks(
            SandboxServer sandbox, SandboxWebhookProperties options, String signingKey, Environment environment) {
        this.sandbox = sandbox;
        this.options = options;
        this.signingKey = signingKey;
        this.environment = environment;
        this.reports = new SandboxReports(sandbox, Clock.systemUTC());
        sandbox.addListener(reports);
    }

    /** After the server listens, and ended before it. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start() {
        URI endpoint = URI.create("http://localhost:" + environment.getProperty("local.server.port")
                + environment.getProperty("server.servlet.context-path", "") + WebhookConfiguration.PATH);
        simulator = new WebhookSimulator(
                endpoint,
                signingKey,
                new WebhookSimulator.Options(
                        options.pace(),
                        options.seed(),
                        this::rate,
                        options.senders(),
                        options.maxOpen(),
                        options.maxWaiting()),
                Clock.systemUTC(),
                reports);
        reports.to(simulator);
        sandbox.webhooks().endpoint(endpoint.toString());
        LOG.info(
                "The sandbox reports what becomes of messages by webhooks to {}, signed with {}."
                        + " cio.sandbox.webhooks.enabled=false switches it off",
                endpoint,
                signingKey.equals(WebhookConfiguration.LOCAL_SIGNING_KEY)
                        ? "the key '" + signingKey + "' that only the local profile accepts"
                        : "the first of cio.webhook.signing-keys");
    }

    /** Commands go first: both share a broker and the machine. */
    private int rate() {
        return sandbox.requestsInLastSecond() >= options.busyFrom() ? options.busyRate() : options.rate();
    }

    @Override
    public void stop() {
        reports.to(null);
        sandbox.webhooks().endpoint(null);
        simulator.close();
        simulator = null;
    }

    @Override
    public boolean isRunning() {
        return simulator != null;
    }

    /** Sends and messages with webhooks that the service has not taken yet. */
    public long open() {
        WebhookSimulator current = simulator;
        return current == null ? 0 : current.open();
    }

    /** Webhooks that the service has taken since its start. */
    public long taken() {
        WebhookSimulator current = simulator;
        return current == null ? 0 : current.taken();
    }
}
