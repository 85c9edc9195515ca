package io.cioroutes.settings;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Puts values from Google Secret Manager in the place of settings that are {@link SecretReference references} to them,
 * wherever they stand: before each property source that has some comes another one with the values. It is part of the
 * environment itself, as a source of no properties, so that whoever has the environment can have them read again.
 */
final class GoogleSecrets extends PropertySource<Map<SecretReference, String>> {

    /** How the names of the sources with values begin, before the name of the source with the references. */
    static final String SOURCE = "googleSecrets-";

    private static final String NAME = "googleSecrets";

    /** Other programs' variables are none of our business. */
    private static final Pattern OURS =
            Pattern.compile("(cio|customerio|bigquery|spring|otel|server|management)[._].*");

    private final SecretManager manager;
    private final String project;
    private final List<String> problems = new ArrayList<>();

    private GoogleSecrets(SecretManager manager, String project) {
        super(NAME, new HashMap<>());
        this.manager = manager;
        this.project = project;
    }

    /** Reads what an environment refers to. What cannot be read stays as it is, and is one of the {@link #problems}. */
    static void addTo(ConfigurableEnvironment environment) {
        GoogleSecrets secrets = new GoogleSecrets(
                new SecretManager(environment.getProperty("cio.secrets.google-endpoint", "")),
                environment.getProperty("cio.secrets.google-project", "").strip());
        environment.getPropertySources().addLast(secrets);
        Map<PropertySource<?>, Map<String, Object>> values = secrets.read(environment, secrets.problems);
        values.forEach((settings, found) -> putBefore(environment.getPropertySources(), settings, found));
    }

    /** What could not be read at the start, each in one line that names the setting and never shows a value. */
    static List<String> problems(ConfigurableEnvironment environment) {
        return environment.getPropertySources().get(NAME) instanceof GoogleSecrets secrets
                ? secrets.problems
                : List.of();
    }

    /**
     * Reads the values again, except those of a numbered version.
     *
     * @throws IllegalStateException if one cannot be read; then the settings stay as they were
     */
    static void refresh(ConfigurableEnvironment environment) {
        if (environment.getPropertySources().get(NAME) instanceof GoogleSecrets secrets) {
            secrets.source.keySet().removeIf(reference -> !reference.isFixed());
            List<String> failures = new ArrayList<>();
            Map<PropertySource<?>, Map<String, Object>> values = secrets.read(environment, failures);
            if (!failures.isEmpty()) {
                throw new IllegalStateException(String.join("; ", failures));
            }
            values.forEach((settings, found) -> putBefore(environment.getPropertySources(), settings, found));
        }
    }

    /** No setting stands here. */
    @Override
    public Object getProperty(String name) {
        return null;
    }

    /** The values by the source that refers to them. */
    private Map<PropertySource<?>, Map<String, Object>> read(
            ConfigurableEnvironment environment, List<String> failures) {
        Map<PropertySource<?>, Map<String, Object>> found = new LinkedHashMap<>();
        for (PropertySource<?> candidate : environment.getPropertySources()) {
            if (candidate instanceof EnumerablePropertySource<?> enumerable
                    && !candidate.getName().startsWith(SOURCE)
                    && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(candidate)) {
                found.put(candidate, values(enumerable, failures));
            }
        }
        return found;
    }

    private Map<String, Object> values(EnumerablePropertySource<?> settings, List<String> failures) {
        Map<String, Object> values = new TreeMap<>();
        for (String name : settings.getPropertyNames()) {
            if (OURS.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
                String text = String.valueOf(settings.getProperty(name));
                if (text.startsWith(SecretReference.PREFIX)) {
                    try {
                        values.put(name, value(SecretReference.of(text, project)));
                    } catch (IOException | IllegalArgumentException e) {
                        failures.add(name + " is '" + text + "': " + e.getMessage());
                    }
                }
            }
        }
        return values;
    }

    private String value(SecretReference reference) throws IOException {
        String value = source.get(reference);
        if (value == null) {
            value = manager.read(reference);
            source.put(reference, value);
        }
        return value;
    }

    private static void putBefore(
            MutablePropertySources sources, PropertySource<?> settings, Map<String, Object> values) {
        // Spring Boot takes names such as SPRING_RABBITMQ_PASSWORD only from a source of this kind and name.
        String name = SOURCE + settings.getName();
        PropertySource<?> resolved = settings instanceof SystemEnvironmentPropertySource
                ? new SystemEnvironmentPropertySource(name, values)
                : new MapPropertySource(name, values);
        if (values.isEmpty()) {
            sources.remove(name);
        } else if (sources.contains(name)) {
            sources.replace(name, resolved);
        } else {
            sources.addBefore(settings.getName(), resolved);
        }
    }
}
