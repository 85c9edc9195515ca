package io.cioroutes.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Every setting of the service with its value and who gave it, from Spring's environment. Secrets are masked. */
public final class EffectiveSettings {

    /** What belongs to the service, the longest prefix that fits being a setting's group. */
    private static final List<ConfigurationPropertyName> ROOTS = Stream.of(
                    "cio",
                    "spring.profiles",
                    "spring.config",
                    "spring.rabbitmq",
                    "spring.security.user",
                    "server",
                    "management.server",
                    "logging",
                    "otel")
            .map(ConfigurationPropertyName::of)
            .toList();

    private static final ConfigurationPropertyName OWN = ConfigurationPropertyName.of("cio");

    /** A list that is empty by default. */
    private static final ConfigurationPropertyName USERS = ConfigurationPropertyName.of("cio.operators");

    /** What follows from other settings and would only repeat them. */
    private static final List<ConfigurationPropertyName> DERIVED =
            List.of(ConfigurationPropertyName.of("cio.role"), ConfigurationPropertyName.of("cio.routes.pattern"));

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:${}]+)(?::[^{}]*)?}");
    private static final Pattern NAMED = Pattern.compile("\\$\\{([^:${}]+)");
    private static final Pattern BUNDLED = Pattern.compile("^class path resource \\[(.+?)]");
    private static final String SECRET_MANAGER = "Google Secret Manager";
    private static final String DEFAULTS = "application.yaml";

    private final ConfigurableEnvironment environment;
    private final Set<ConfigurationPropertyName> names = new LinkedHashSet<>();
    private final Set<String> ofNoProperty = new TreeSet<>();

    /** @param environment complete, with derived settings */
    public EffectiveSettings(ConfigurableEnvironment environment) {
        this.environment = environment;
        List<ConfigurationPropertySource> variables = new ArrayList<>();
        // A variable's name does not tell where a property has dashes: names of all others first.
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource) {
                variables.add(source);
            } else {
                addNames(source);
            }
        }
        variables.forEach(this::addVariables);
    }

    private void addNames(ConfigurationPropertySource source) {
        if (source instanceof IterableConfigurationPropertySource iterable) {
            iterable.stream().filter(EffectiveSettings::isOurs).forEach(names::add);
        }
    }

    /** A variable that some property of a known name reads is shown there; its own reading of dashes would be another. */
    private void addVariables(ConfigurationPropertySource source) {
        Set<Object> read = names.stream()
                .map(source::getConfigurationProperty)
                .filter(Objects::nonNull)
                .map(property -> property.getOrigin().toString())
                .collect(Collectors.toSet());
        ((IterableConfigurationPropertySource) source)
                .stream()
                        .filter(EffectiveSettings::isOurs)
                        .filter(name -> !read.contains(source.getConfigurationProperty(name)
                                .getOrigin()
                                .toString()))
                        .forEach(name -> {
                            names.add(name);
                            if (OWN.isAncestorOf(name) && !USERS.isAncestorOf(name)) {
                                ofNoProperty.add(((PropertySourceOrigin) source.getConfigurationProperty(name)
                                                .getOrigin())
                                        .getPropertyName());
                            }
                        });
    }

    /**
     * Environment variables that are meant for the service, by their names, and that no setting gets its value from.
     * Sorted.
     */
    Set<String> unreadVariables() {
        Set<String> placeholders = names.stream()
                .flatMap(name -> property(name).stream())
                .flatMap(property ->
                        NAMED.matcher(String.valueOf(property.getValue())).results())
                .map(named -> named.group(1))
                .collect(Collectors.toSet());
        Set<String> unread = new TreeSet<>(ofNoProperty);
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof SystemEnvironmentPropertySource variables) {
                Arrays.stream(variables.getPropertyNames())
                        .filter(name -> name.startsWith("CUSTOMERIO_") || name.startsWith("BIGQUERY_"))
                        .filter(name -> !placeholders.contains(name))
                        .forEach(unread::add);
            }
        }
        return unread;
    }

    private static boolean isOurs(ConfigurationPropertyName name) {
        return ROOTS.stream().anyMatch(root -> root.isAncestorOf(name))
                && DERIVED.stream().noneMatch(root -> root.equals(name) || root.isAncestorOf(name));
    }

    /** All settings, by group and name. A group is what one part of the service reads, for example {@code cio.track}. */
    public Map<String, List<Setting>> byGroup() {
        Map<String, List<Setting>> groups = new TreeMap<>();
        for (ConfigurationPropertyName name : names) {
            setting(name).ifPresent(setting -> groups.computeIfAbsent(group(name), group -> new ArrayList<>())
                    .add(setting));
        }
        groups.values().forEach(settings -> settings.sort(Comparator.comparing(Setting::name)));
        return groups;
    }

    private static String group(ConfigurationPropertyName name) {
        ConfigurationPropertyName root = ROOTS.stream()
                .filter(candidate -> candidate.isAncestorOf(name))
                .findFirst()
                .orElseThrow();
        boolean divided = root.toString().equals("cio") && name.getNumberOfElements() > 2;
        return divided ? name.chop(2).toString() : root.toString();
    }

    private Optional<Setting> setting(ConfigurationPropertyName name) {
        return property(name).map(property -> {
            String raw = String.valueOf(property.getValue());
            String value = environment.resolvePlaceholders(raw);
            String origin = origin(property, raw);
            String shown = origin.startsWith(SECRET_MANAGER) && !value.isEmpty()
                    ? Masked.MASK
                    : Masked.value(name.toString(), value);
            return new Setting(name.toString(), shown, origin);
        });
    }

    private Optional<ConfigurationProperty> property(ConfigurationPropertyName name) {
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .map(source -> source.getConfigurationProperty(name))
                .filter(Objects::nonNull)
                .findFirst();
    }

    private String origin(ConfigurationProperty property, String raw) {
        Matcher placeholder = PLACEHOLDER.matcher(raw);
        if (placeholder.matches()) {
            Optional<String> behind = originOf(placeholder.group(1));
            if (behind.isPresent()) {
                return behind.get();
            }
        }
        return text(property.getOrigin(), property.getSource().getUnderlyingSource());
    }

    /** The origin of what a placeholder names, which is mostly a variable of the process. */
    private Optional<String> originOf(String name) {
        return environment.getPropertySources().stream()
                .filter(source -> !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
                .filter(source -> source.containsProperty(name))
                .findFirst()
                .map(source -> text(PropertySourceOrigin.get(source, name), source));
    }

    private static String text(Origin origin, Object source) {
        Origin first =
                origin instanceof PropertySourceOrigin wrapper && wrapper.getOrigin() instanceof TextResourceOrigin
                        ? wrapper.getOrigin()
                        : origin;
        if (first instanceof TextResourceOrigin file) {
            return file(file);
        }
        if (first instanceof PropertySourceOrigin named) {
            String from = named.getPropertySource().getName();
            if (from.startsWith(GoogleSecrets.SOURCE)) {
                return SECRET_MANAGER + ", " + source(from.substring(GoogleSecrets.SOURCE.length()), named);
            }
            return source(from, named);
        }
        return String.valueOf(first == null ? source : first);
    }

    private static String source(String name, PropertySourceOrigin named) {
        return switch (name) {
            case StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME ->
                "environment variable " + named.getPropertyName();
            case StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME ->
                "system property " + named.getPropertyName();
            case "commandLineArgs" -> "command line";
            default -> name;
        };
    }

    /** A file of the jar by its name, any other with its place and line; nothing for the defaults. */
    private static String file(TextResourceOrigin origin) {
        String resource = origin.getResource().getDescription();
        Matcher bundled = BUNDLED.matcher(resource);
        if (bundled.find()) {
            return bundled.group(1).equals(DEFAULTS) ? "" : bundled.group(1);
        }
        return origin.getLocation() == null
                ? resource
                : resource + ":" + (origin.getLocation().getLine() + 1);
    }
}
