package io.cioroutes.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Reads the secrets that settings refer to ({@code gcp:name}), and works out the settings that follow from others, before
 * anything starts: {@code cio.track.url} and
 * {@code cio.app.url} from region and overrides, {@code cio.role.*} from {@code cio.roles}, and
 * {@code cio.routes.pattern} from where the routes are.
 *
 * <p>Fails with {@link SettingsException} when a value makes no sense.
 */
public final class ServiceEnvironment
        implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceEnvironment.class);

    /** The property source with the derived settings. */
    static final String DERIVED = "derived";

    private static final String REGION = "cio.customerio.region";

    private static final Set<String> ROLES = Set.of("commands", "webhooks", "analytics");

    /** Last: the sandbox sets the hosts when it takes Customer.io's place. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        derive(environment);
        List<String> problems = problems(environment);
        if (!problems.isEmpty()) {
            throw new SettingsException(String.join(System.lineSeparator(), problems));
        }
        new SettingsCheck(environment).warnings().forEach(LOG::warn);
    }

    /** Adds the derived settings to an environment, as far as they follow from settings that make sense. */
    public static void derive(ConfigurableEnvironment environment) {
        GoogleSecrets.addTo(environment);
        Map<String, Object> derived = new HashMap<>();
        regionSuffix(environment).ifPresent(suffix -> {
            derived.put("cio.track.url", host(environment, "cio.customerio.track-url", "track", suffix, "/api/v[12]"));
            derived.put("cio.app.url", host(environment, "cio.customerio.app-url", "api", suffix, "/v1"));
        });
        Set<String> roles = roles(environment);
        for (String role : ROLES) {
            derived.put("cio.role." + role, roles.contains(role));
        }
        derived.put("cio.routes.pattern", routes(environment.getProperty("cio.routes.directory", "routes")));
        environment.getPropertySources().addFirst(new MapPropertySource(DERIVED, derived));
    }

    /** What is missing or makes no sense in a derived environment, each in one line that says what to set. */
    static List<String> problems(ConfigurableEnvironment environment) {
        List<String> problems = new ArrayList<>(GoogleSecrets.problems(environment));
        if (regionSuffix(environment).isEmpty()) {
            problems.add("CUSTOMERIO_REGION is '" + environment.getProperty(REGION)
                    + "': it must be us or eu, where your workspace lives");
        }
        Set<String> roles = roles(environment);
        if (roles.isEmpty() || !ROLES.containsAll(roles)) {
            problems.add("cio.roles is '" + environment.getProperty("cio.roles", "")
                    + "': it must name at least one of commands, webhooks, analytics");
        }
        problems.addAll(new SettingsCheck(environment).problems());
        return problems;
    }

    private static Optional<String> regionSuffix(ConfigurableEnvironment environment) {
        return switch (environment.getProperty(REGION, "us").strip().toLowerCase(Locale.ROOT)) {
            case "us", "" -> Optional.of("");
            case "eu" -> Optional.of("-eu");
            default -> Optional.empty();
        };
    }

    /** An override without the trailing slash and API path that people copy along with it, else the region's host. */
    private static String host(
            ConfigurableEnvironment environment, String property, String name, String suffix, String superfluousPath) {
        String override = environment.getProperty(property, "").strip();
        return override.isEmpty()
                ? "https://" + name + suffix + ".customer.io"
                : override.replaceFirst("/+$", "").replaceFirst(superfluousPath + "$", "");
    }

    private static Set<String> roles(ConfigurableEnvironment environment) {
        return Arrays.stream(environment.getProperty("cio.roles", "").split(","))
                .map(role -> role.strip().toLowerCase(Locale.ROOT))
                .filter(role -> !role.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The routes beside the jar, to be edited, else the copy inside; the latter file by file, because for a pattern Camel
     * would search every jar inside the jar.
     */
    private static String routes(String directories) {
        List<String> existing = Arrays.stream(directories.split(","))
                .map(String::strip)
                .filter(directory -> Files.isDirectory(Path.of(directory)))
                .toList();
        if (!existing.isEmpty()) {
            return existing.stream()
                    .map(directory -> "file:" + directory + "/**/*.camel.yaml")
                    .collect(Collectors.joining(","));
        }
        try {
            var found = new TreeSet<String>();
            for (Resource file :
                    new PathMatchingResourcePatternResolver().getResources("classpath*:routes/**/*.camel.yaml")) {
                String url = file.getURL().toString();
                found.add("classpath:" + url.substring(url.lastIndexOf("/routes/") + 1));
            }
            return String.join(",", found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
