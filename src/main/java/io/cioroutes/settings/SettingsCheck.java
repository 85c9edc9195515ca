package io.cioroutes.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.util.StringUtils;

/** Looks for settings that are missing or contradict each other, all at once, before anything starts. */
final class SettingsCheck {

    private static final List<String> ROLES = List.of("operator", "viewer");

    private final Environment environment;
    private final List<String> problems = new ArrayList<>();

    /** @param environment with the derived settings, of which {@code cio.role.*} say what must be there */
    SettingsCheck(Environment environment) {
        this.environment = environment;
    }

    /** What works but is hardly meant, each in one line that says what to set. */
    List<String> warnings() {
        boolean track = hasAny("CUSTOMERIO_TRACK_URL", "cio.customerio.track-url");
        boolean app = hasAny("CUSTOMERIO_APP_URL", "cio.customerio.app-url");
        if (track == app || !environment.acceptsProfiles(Profiles.of("local"))) {
            return List.of();
        }
        return List.of("Only " + (track ? "CUSTOMERIO_TRACK_URL" : "CUSTOMERIO_APP_URL") + " is set: calls of the "
                + (track ? "App" : "Track") + " API go to the real "
                + environment.getProperty(track ? "cio.app.url" : "cio.track.url") + ". Set "
                + (track ? "CUSTOMERIO_APP_URL" : "CUSTOMERIO_TRACK_URL") + " as well, or neither to use the sandbox");
    }

    /**
     * The problems found, each in one line that says what to set.
     *
     * <p>In {@code prod} everything must be real. In {@code local} each part may be missing, but not half of one.
     */
    List<String> problems() {
        boolean prod = environment.acceptsProfiles(Profiles.of("prod"));
        if (prod && environment.acceptsProfiles(Profiles.of("local"))) {
            problems.add(
                    "the profiles local and prod contradict each other: set SPRING_PROFILES_ACTIVE to one of them");
        }
        String secrets = environment.getProperty("CIO_SECRETS_DIRECTORY", "");
        if (StringUtils.hasText(secrets) && !Files.isDirectory(Path.of(secrets))) {
            problems.add("CIO_SECRETS_DIRECTORY is '" + secrets + "', which is no directory");
        }
        credentials(prod);
        if (prod) {
            if (!hasAny("spring.rabbitmq.host", "spring.rabbitmq.addresses")) {
                problems.add("SPRING_RABBITMQ_ADDRESSES (or SPRING_RABBITMQ_HOST) is missing: where RabbitMQ is");
            }
            if (does("webhooks")) {
                require(
                        "CUSTOMERIO_WEBHOOK_SIGNING_KEY",
                        "cio.webhook.signing-keys",
                        "the signing key of the reporting webhook");
            }
            operator();
        }
        operators();
        analytics(prod);
        return problems;
    }

    private void credentials(boolean prod) {
        if (!does("commands")) {
            return;
        }
        boolean anyKey = hasAny("CUSTOMERIO_SITE_ID", "CUSTOMERIO_TRACK_API_KEY", "CUSTOMERIO_APP_API_KEY");
        if (prod || anyKey) {
            require("CUSTOMERIO_SITE_ID", "cio.customerio.site-id", "user of the Track API");
            require("CUSTOMERIO_TRACK_API_KEY", "cio.customerio.track-api-key", "password of the Track API");
            require("CUSTOMERIO_APP_API_KEY", "cio.customerio.app-api-key", "bearer token of the App API");
        }
    }

    private void operator() {
        String port = environment.getProperty("management.server.port", "");
        // 0 is any free port, and so never the other one.
        boolean ownPort = StringUtils.hasText(port)
                && (port.equals("0") || !port.equals(environment.getProperty("server.port", "8080")));
        if (!ownPort && !hasAny("spring.security.user.password", "cio.operators[0].username")) {
            problems.add("SPRING_SECURITY_USER_PASSWORD is missing: the first operator's password for /actuator and"
                    + " Hawtio (or set MANAGEMENT_SERVER_PORT to a port that only operators reach)");
        }
    }

    /** Users beside the first one, who would otherwise be missed only when they try to log in. */
    private void operators() {
        for (int i = 0; isSet("cio.operators[" + i + "]."); i++) {
            String user = "cio.operators[" + i + "].";
            if (!hasAny(user + "username")) {
                problems.add(user + "username is missing");
            }
            if (!environment.getProperty(user + "password", "").matches("\\{(?!noop})\\w[\\w@.-]*}.+")) {
                problems.add(user + "password is missing or not hashed: it must begin with the name of its hash, as in"
                        + " {bcrypt}$2y$10$...");
            }
            String given = environment.getProperty(user + "roles", environment.getProperty(user + "roles[0]", ""));
            if (!ROLES.containsAll(List.of(given.toLowerCase(Locale.ROOT).split("\\s*,\\s*")))) {
                problems.add(user + "roles is '" + given + "', but must be operator or viewer");
            }
        }
    }

    private boolean isSet(String user) {
        return hasAny(user + "username", user + "password", user + "roles", user + "roles[0]");
    }

    private void analytics(boolean prod) {
        if (!does("analytics")) {
            return;
        }
        boolean any = hasAny("BIGQUERY_PROJECT", "BIGQUERY_DATASET", "BIGQUERY_ENDPOINT");
        if (prod || any) {
            require("BIGQUERY_PROJECT", "cio.bigquery.project", "the Google Cloud project of the dataset");
            require("BIGQUERY_DATASET", "cio.bigquery.dataset", "the dataset for webhook events");
        }
    }

    private void require(String variable, String property, String what) {
        if (!hasAny(variable, property)) {
            problems.add(variable + " is missing: " + what);
        }
    }

    private boolean does(String role) {
        return environment.getProperty("cio.role." + role, Boolean.class, false);
    }

    private boolean hasAny(String... names) {
        return Arrays.stream(names).anyMatch(name -> StringUtils.hasText(environment.getProperty(name)));
    }
}
