package io.cioroutes.delivery;

import io.cioroutes.settings.SecretFiles;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The keys that calls are made with; the next call after a change uses the new ones. */
final class Credentials {

    private final SecretFiles files;
    private volatile CustomerioProperties keys;

    Credentials(CustomerioProperties keys, SecretFiles files, Environment environment) {
        this.keys = keys;
        this.files = files;
        files.onChange(() -> this.keys = Binder.get(environment)
                .bind("cio.customerio", CustomerioProperties.class)
                .get());
    }

    /** The {@code Authorization} of the Track API. */
    String basic() {
        CustomerioProperties now = keys;
        String pair = now.siteId() + ":" + now.trackApiKey();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** The {@code Authorization} of the App API. */
    String bearer() {
        return "Bearer " + keys.appApiKey();
    }

    /** An API has refused them: perhaps there are new ones already. */
    void refused() {
        files.refresh();
    }
}
