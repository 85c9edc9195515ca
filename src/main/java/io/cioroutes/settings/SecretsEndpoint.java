package io.cioroutes.settings;

import java.util.Map;
import java.util.Set;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.scheduling.annotation.Scheduled;

/** {@code POST /actuator/secrets}: reads the secrets now, and not only at the next interval. */
@WebEndpoint(id = "secrets")
class SecretsEndpoint {

    private final SecretFiles files;

    SecretsEndpoint(SecretFiles files) {
        this.files = files;
    }

    /** Names of the settings that have changed, never their values. */
    @WriteOperation
    Map<String, Set<String>> refresh() {
        return Map.of("changed", files.refresh());
    }

    /** At the interval. */
    @Scheduled(
            fixedDelayString = "${cio.secrets.refresh-interval}",
            initialDelayString = "${cio.secrets.refresh-interval}")
    void refreshAtInterval() {
        files.refresh();
    }
}
