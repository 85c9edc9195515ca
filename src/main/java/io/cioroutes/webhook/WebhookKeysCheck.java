package io.cioroutes.webhook;

import io.cioroutes.doctor.Check;
import io.cioroutes.doctor.Finding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/** Whether the webhooks' signing keys are there, and look like keys. */
public final class WebhookKeysCheck implements Check {

    /** Far below what any generated key has; in characters. */
    private static final int SHORT = 16;

    /** The old and the new one. */
    private static final int MOST = 2;

    private static final String WHERE = "Customer.io shows it at the reporting webhook (Data & Integrations).";

    private final Environment environment;

    /** @param environment with the derived settings */
    public WebhookKeysCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public String area() {
        return "webhooks";
    }

    @Override
    public List<Finding> findings() {
        if (!environment.getProperty("cio.role.webhooks", Boolean.class, false)) {
            return List.of(Finding.ok(area(), "not needed: cio.roles has no webhooks"));
        }
        List<String> keys = Binder.get(environment)
                .bind("cio.webhook.signing-keys", Bindable.listOf(String.class))
                .orElse(List.of())
                .stream()
                .filter(key -> !key.isBlank())
                .toList();
        if (keys.isEmpty()) {
            return List.of(
                    environment.acceptsProfiles(Profiles.of("prod"))
                            ? Finding.problem(
                                    area(),
                                    "no signing key: every webhook would be refused",
                                    "Set CUSTOMERIO_WEBHOOK_SIGNING_KEY. " + WHERE)
                            : Finding.ok(area(), "no signing key is set: the well-known one of the local profile"));
        }
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            look("signing key " + (i + 1) + " of " + keys.size(), keys.get(i), findings);
        }
        if (new HashSet<>(keys).size() < keys.size()) {
            findings.add(Finding.warning(area(), "the same signing key is there twice", "Leave one."));
        }
        if (keys.size() > MOST) {
            findings.add(Finding.warning(
                    area(),
                    keys.size() + " signing keys are valid",
                    "Take those out of CUSTOMERIO_WEBHOOK_SIGNING_KEY that Customer.io no longer signs with."));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(area(), keys.size() + " signing key" + (keys.size() == 1 ? "" : "s")));
        }
        return findings;
    }

    private void look(String name, String key, List<Finding> findings) {
        if (key.equals(WebhookConfiguration.LOCAL_SIGNING_KEY) && environment.acceptsProfiles(Profiles.of("prod"))) {
            findings.add(Finding.problem(
                    area(), name + " is the one of the local profile, which everybody knows", "Replace it. " + WHERE));
        } else if (!key.equals(key.strip()) || key.matches(".*[\\s\"'].*")) {
            findings.add(Finding.problem(
                    area(),
                    name + " has spaces or quotes, with which no signature fits",
                    "Set CUSTOMERIO_WEBHOOK_SIGNING_KEY to the bare key, without quotes; a comma separates two."));
        } else if (key.length() < SHORT) {
            findings.add(Finding.warning(
                    area(), name + " has only " + key.length() + " characters", "Was it copied whole? " + WHERE));
        }
    }
}
