package io.cioroutes.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cioroutes.settings.ServiceEnvironment;
import io.cioroutes.settings.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/** What the service says about environment variables: which it reads, and which it cannot start without. */
final class ServiceSettings {

    /** Read by the Java virtual machine and by Google's client library, not by Spring. */
    private static final Set<String> OTHERS =
            Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "GOOGLE_APPLICATION_CREDENTIALS");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)(?::[^}]*)?}");

    private final Set<String> names = new TreeSet<>(OTHERS);
    private final Set<String> others = new TreeSet<>();
    private final Set<String> prefixes = new TreeSet<>();

    ServiceSettings() {
        for (String file : List.of("application.yaml", "application-prod.yaml")) {
            ownProperties(file);
        }
        try {
            for (URL metadata : Collections.list(
                    getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
                describedProperties(metadata);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the service, its framework or its runtime reads the environment variable. */
    boolean reads(String variable) {
        return names.contains(variable)
                || others.contains(variable)
                || prefixes.stream().anyMatch(variable::startsWith);
    }

    /** One finding per variable that nothing reads. */
    List<String> unread(String where, Set<String> variables) {
        return variables.stream()
                .filter(variable -> !reads(variable))
                .map(variable -> where + ": the service does not read " + variable + ", did you mean "
                        + Nearest.to(variable, names) + "?")
                .toList();
    }

    /** One finding per setting without which the service refuses to start: its own words. */
    List<String> missing(String where, Map<String, String> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.copyOf(variables)));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        GenericApplicationContext context = new GenericApplicationContext();
        context.setEnvironment(environment);
        try {
            new ServiceEnvironment().initialize(context);
            return List.of();
        } catch (SettingsException e) {
            return e.getMessage().lines().map(problem -> where + ": " + problem).toList();
        }
    }

    private void ownProperties(String file) {
        ClassPathResource resource = new ClassPathResource(file);
        try (InputStream text = resource.getInputStream()) {
            PLACEHOLDER
                    .matcher(new String(text.readAllBytes(), StandardCharsets.UTF_8))
                    .results()
                    .forEach(match -> names.add(match.group(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(resource);
        yaml.getObject().keySet().forEach(property -> add(property.toString()));
    }

    /** What Spring Boot, Camel and others say about their own properties. A map takes any name below its own. */
    private void describedProperties(URL metadata) throws IOException {
        JsonNode description;
        try (InputStream json = metadata.openStream()) {
            description = new ObjectMapper().readTree(json);
        }
        for (JsonNode property : description.path("properties")) {
            String variable = variable(property.get("name").asText());
            if (property.path("type").asText().startsWith("java.util.Map")) {
                prefixes.add(variable + "_");
            } else {
                add(property.get("name").asText());
            }
        }
    }

    private void add(String property) {
        names.add(variable(property));
        // The older form, which Spring Boot reads as well.
        others.add(property.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT));
    }

    /** Spring Boot's form of a property as environment variable: dots become underscores, dashes go. */
    private static String variable(String property) {
        return property.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
