package io.cioroutes.sync;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the users are.
 *
 * @param enabled whether to poll at all
 * @param jdbc the database
 */
@ConfigurationProperties("cio.user-sync")
record UserSyncProperties(boolean enabled, Jdbc jdbc) {

    UserSyncProperties {
        if (enabled && jdbc.url().isBlank()) {
            throw new IllegalArgumentException(
                    "cio.user-sync.enabled is true, but cio.user-sync.jdbc.url is empty: set it"
                            + " to the database with the users, for example jdbc:postgresql://db.example.com/shop");
        }
    }

    /** Address and login. */
    record Jdbc(String url, String username, String password) {}
}
