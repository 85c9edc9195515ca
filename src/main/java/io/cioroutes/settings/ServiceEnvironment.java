package io.cioroutes.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Works out the settings that follow from others, before anything starts: {@code cio.track.url} and
 * {@code cio.app.url} from region and overrides, {@code cio.role.*} from {@code cio.roles}, and
 * {@code cio.routes.pattern} from where the routes are.
 *
 * <p>Fails with {@link SettingsException} when a value makes no sense.
 */
public final class ServiceEnvironment
        implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    private static final Set<String> ROLES = Set.of("commands", "webhooks", "analytics");

    /** Last: the sandbox sets the hosts when it takes Customer.io's place. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        Map<String, Object> derived = new HashMap<>();
        String suffix = regionSuffix(environment.getProperty("cio.customerio.region", "us"));
        derived.put(
                "cio.track.url",
                host(environment, "cio.customerio.track-url", "https://track" + suffix + ".customer.io", "/api/v[12]"));
        derived.put(
                "cio.app.url",
                host(environment, "cio.customerio.app-url", "https://api" + suffix + ".customer.io", "/v1"));
        Set<String> roles = roles(environment.getProperty("cio.roles", ""));
        List<String> problems = new SettingsCheck(environment, roles).problems();
        if (!problems.isEmpty()) {
            throw new SettingsException(String.join(System.lineSeparator(), problems));
        }
        ROLES.forEach(role -> derived.put("cio.role." + role, roles.contains(role)));
        derived.put("cio.routes.pattern", routes(environment.getProperty("cio.routes.directory", "routes")));
        environment.getPropertySources().addFirst(new MapPropertySource("cio derived settings", derived));
    }

    private static String regionSuffix(String region) {
        return switch (region.strip().toLowerCase(Locale.ROOT)) {
            case "us", "" -> "";
            case "eu" -> "-eu";
            default ->
                throw new SettingsException(
                        "CUSTOMERIO_REGION is '" + region + "': it must be us or eu, where your workspace lives");
        };
    }

    /** An override without the trailing slash and API path that people copy along with it, else the region's host. */
    private static String host(
            ConfigurableEnvironment environment, String property, String ofRegion, String superfluousPath) {
        String override = environment.getProperty(property, "").strip();
        return override.isEmpty() ? ofRegion : override.replaceFirst("/+$", "").replaceFirst(superfluousPath + "$", "");
    }

    private static Set<String> roles(String value) {
        Set<String> roles = Arrays.stream(value.split(","))
                .map(role -> role.strip().toLowerCase(Locale.ROOT))
                .filter(role -> !role.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        if (roles.isEmpty() || !ROLES.containsAll(roles)) {
            throw new SettingsException(
                    "cio.roles is '" + value + "': it must name at least one of commands, webhooks, analytics");
        }
        return roles;
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
