package io.cioroutes.settings;

import io.cioroutes.doctor.Check;
import io.cioroutes.doctor.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.core.env.ConfigurableEnvironment;

/** Whether settings are missing, make no sense together, or are misspelt. */
public final class SettingsFindings implements Check {

    /** Read by the launcher. */
    private static final Set<String> NOT_OURS = Set.of("CIO_JAVA_OPTS");

    private final ConfigurableEnvironment environment;

    /** @param environment with the derived settings */
    public SettingsFindings(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public String area() {
        return "settings";
    }

    @Override
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (String problem : ServiceEnvironment.problems(environment)) {
            findings.add(Finding.problem(area(), problem, "Set it; the README lists the variables."));
        }
        for (String warning : new SettingsCheck(environment).warnings()) {
            findings.add(Finding.warning(area(), warning, ""));
        }
        for (String variable : new EffectiveSettings(environment).unreadVariables()) {
            if (NOT_OURS.contains(variable)) {
                continue;
            }
            findings.add(Finding.warning(
                    area(),
                    "no setting reads the environment variable " + variable,
                    "Is it misspelt? The start logs every setting; application.yaml explains them."));
        }
        if (findings.isEmpty()) {
            String[] active = environment.getActiveProfiles();
            findings.add(Finding.ok(
                    area(),
                    "nothing is missing in profile "
                            + String.join(",", active.length == 0 ? environment.getDefaultProfiles() : active)
                            + ", roles " + environment.getProperty("cio.roles")));
        }
        return findings;
    }
}
