package io.cioroutes.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.util.StringUtils;

/**
 * Secrets that are read from files (Spring's {@code configtree:}), one a file, or from Google Secret Manager, and read again
 * while the service runs: so keys change without a restart. What environment variables say themselves stands above the
 * files, and does not change.
 */
public final class SecretFiles {

    private static final Logger LOG = LoggerFactory.getLogger(SecretFiles.class);

    /** What the service takes over while it runs. */
    private static final List<String> CHANGEABLE = List.of(
            "cio.customerio.site-id",
            "cio.customerio.track-api-key",
            "cio.customerio.app-api-key",
            "cio.webhook.signing-keys");

    private final ConfigurableEnvironment environment;
    private final List<Runnable> listeners = new ArrayList<>();

    SecretFiles(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    /** Calls {@code listener} after a secret has changed; the environment has the new ones then. */
    public synchronized void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Reads the files again, and the secrets that settings refer to. A file that is missing or empty is one that is just being
     * written: then all stays as it was, as it does when Secret Manager does not answer.
     *
     * @return names of the settings that have changed and are used from now on
     */
    public synchronized Set<String> refresh() {
        MutablePropertySources sources = environment.getPropertySources();
        Map<String, String> before = values();
        List<PropertySource<?>> old = sources.stream()
                .filter(ConfigTreePropertySource.class::isInstance)
                .toList();
        try {
            for (PropertySource<?> source : old) {
                sources.replace(source.getName(), read((ConfigTreePropertySource) source));
            }
            GoogleSecrets.refresh(environment);
            Map<String, String> after = values();
            Set<String> changed = new TreeSet<>();
            for (String name : CHANGEABLE) {
                if (!after.get(name).equals(before.get(name))) {
                    if (!StringUtils.hasText(after.get(name))) {
                        throw new IllegalStateException(name + " would be empty");
                    }
                    changed.add(name);
                }
            }
            if (!changed.isEmpty()) {
                LOG.info("Secrets have changed, and are used from now on: {}", String.join(", ", changed));
                listeners.forEach(Runnable::run);
            }
            return changed;
        } catch (RuntimeException e) {
            old.forEach(source -> sources.replace(source.getName(), source));
            LOG.warn("The secrets stay as they were, because they cannot be read now: {}", e.getMessage());
            return Set.of();
        }
    }

    private static ConfigTreePropertySource read(ConfigTreePropertySource source) {
        return new ConfigTreePropertySource(
                source.getName(), source.getSource(), ConfigTreePropertySource.Option.AUTO_TRIM_TRAILING_NEW_LINE);
    }

    private Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        CHANGEABLE.forEach(name -> values.put(name, environment.getProperty(name, "")));
        return values;
    }
}
