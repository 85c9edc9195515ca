package io.cioroutes.settings;

import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationContextInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Logs what is in effect before anything is built from it, so that it stands in the log of a start that fails too: one
 * line for each group of settings, where the origin follows every value that is not the default.
 */
final class SettingsSummary implements ApplicationListener<ApplicationContextInitializedEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsSummary.class);

    @Override
    public void onApplicationEvent(ApplicationContextInitializedEvent event) {
        ConfigurableEnvironment environment = event.getApplicationContext().getEnvironment();
        String[] active = environment.getActiveProfiles();
        LOG.info(
                "Settings in profile {}; what has no origin in brackets is the default",
                String.join(",", active.length == 0 ? environment.getDefaultProfiles() : active));
        new EffectiveSettings(environment).byGroup().forEach((group, settings) -> LOG.info(line(group, settings)));
    }

    /** For example {@code cio.roles=commands [environment variable CIO_ROLES]}. */
    static String line(String group, List<Setting> settings) {
        return "Settings " + group + ": "
                + settings.stream()
                        .map(setting -> shortName(group, setting.name()) + "="
                                + (setting.value().isEmpty() ? "''" : setting.value())
                                + (setting.isSet() ? " [" + setting.origin() + "]" : ""))
                        .collect(Collectors.joining(", "));
    }

    private static String shortName(String group, String name) {
        return name.startsWith(group + ".") ? name.substring(group.length() + 1) : name;
    }
}
