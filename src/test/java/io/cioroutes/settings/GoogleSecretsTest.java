package io.cioroutes.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Settings that refer to secrets in Google Secret Manager. */
class GoogleSecretsTest {

    private final SecretManagerStub google = new SecretManagerStub();
    private final ConfigurableEnvironment environment = new StandardEnvironment();
    private final Map<String, Object> variables = new HashMap<>(Map.of(
            "SPRING_PROFILES_ACTIVE", "prod",
            "SPRING_RABBITMQ_ADDRESSES", "gcp:rabbitmq-addresses",
            "SPRING_SECURITY_USER_PASSWORD", "gcp:operator",
            "CUSTOMERIO_SITE_ID", "gcp:site@3",
            "CUSTOMERIO_TRACK_API_KEY", "gcp:other-project/track",
            "CUSTOMERIO_APP_API_KEY", "gcp:other-project/app@5",
            "CUSTOMERIO_WEBHOOK_SIGNING_KEY", "gcp:signing",
            "BIGQUERY_PROJECT", "own-project",
            "CIO_SECRETS_GOOGLE_ENDPOINT", google.uri()));

    GoogleSecretsTest() {
        variables.put("UNRELATED", "gcp:of another program");
        google.put("own-project", "rabbitmq-addresses", "latest", "amqps://user:hush-1@host");
        google.put("own-project", "operator", "latest", "hush-2");
        google.put("own-project", "site", "3", "hush-3");
        google.put("other-project", "track", "latest", "hush-4");
        google.put("other-project", "app", "5", "hush-5");
        google.put("own-project", "signing", "latest", "hush-6,hush-7\n");
    }

    @AfterEach
    void stop() {
        google.close();
    }

    private void start(Map<String, Object> arguments) {
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        environment.getPropertySources().addFirst(new MapPropertySource("commandLineArgs", arguments));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        var context = new GenericApplicationContext();
        context.setEnvironment(environment);
        new ServiceEnvironment().initialize(context);
    }

    private String bound(String property) {
        return Binder.get(environment).bind(property, String.class).get();
    }

    @Test
    void everySettingMayBeOne() {
        start(Map.of());

        assertThat(bound("spring.rabbitmq.addresses")).isEqualTo("amqps://user:hush-1@host");
        assertThat(bound("spring.security.user.password")).isEqualTo("hush-2");
        assertThat(bound("cio.customerio.site-id")).isEqualTo("hush-3");
        assertThat(bound("cio.customerio.track-api-key")).isEqualTo("hush-4");
        assertThat(bound("cio.customerio.app-api-key")).isEqualTo("hush-5");
        assertThat(Binder.get(environment)
                        .bind("cio.webhook.signing-keys", String[].class)
                        .get())
                .containsExactly("hush-6", "hush-7");
        assertThat(environment.getProperty("UNRELATED")).isEqualTo("gcp:of another program");
    }

    @Test
    void aFileMayHoldOneAndWhatStandsAboveStaysAbove(@TempDir Path directory) throws IOException {
        variables.remove("CUSTOMERIO_TRACK_API_KEY");
        Files.writeString(directory.resolve("CUSTOMERIO_TRACK_API_KEY"), "gcp:other-project/track\n");

        start(Map.of("cio.secrets.directory", directory.toString(), "spring.security.user.password", "given"));

        assertThat(bound("cio.customerio.track-api-key")).isEqualTo("hush-4");
        assertThat(bound("spring.security.user.password")).isEqualTo("given");
    }

    @Test
    void theSummarySaysWhereEachIsFromAndShowsNone() {
        start(Map.of());

        var groups = new EffectiveSettings(environment).byGroup();

        assertThat(groups.toString())
                .doesNotContain("hush")
                .contains("Google Secret Manager, environment variable SPRING_RABBITMQ_ADDRESSES")
                .contains("Google Secret Manager, environment variable CUSTOMERIO_SITE_ID");
        assertThat(new EffectiveSettings(environment).unreadVariables()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    gcp:missing | 404 | there is no such secret
                    gcp:signing | 403 | roles/secretmanager.secretAccessor
                    gcp:signing | 503 | answers 503
                    gcp:a/b/c | 404 | must be gcp:name, gcp:project/name or gcp:project/name@version
                    gcp:old,gcp:new | 404 | must be gcp:name
                    """)
    void whatCannotBeReadStopsTheStartWithTheSettingsName(String reference, int status, String reason) {
        variables.put("CUSTOMERIO_WEBHOOK_SIGNING_KEY", reference);
        google.put("own-project", "signing", "latest", status);
        variables.remove("SPRING_SECURITY_USER_PASSWORD");

        assertThatThrownBy(() -> start(Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("CUSTOMERIO_WEBHOOK_SIGNING_KEY is '" + reference + "': ")
                .hasMessageContaining(reason)
                // And whatever else is wrong.
                .hasMessageContaining("SPRING_SECURITY_USER_PASSWORD is missing")
                .hasMessageNotContaining("hush");
    }

    @Test
    void withoutAProjectItMustBeNamed() {
        variables.put("BIGQUERY_PROJECT", "");

        assertThatThrownBy(() -> start(Map.of()))
                .hasMessageContaining("SPRING_SECURITY_USER_PASSWORD")
                .hasMessageContaining("write gcp:project/operator, or set GOOGLE_CLOUD_PROJECT");
    }

    @Test
    void aManagerThatIsNotThereIsNamedWithoutAStackTrace() {
        google.close();

        assertThatThrownBy(() -> start(Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("CUSTOMERIO_APP_API_KEY")
                .hasMessageContaining("Secret Manager cannot be reached");
    }

    @Test
    void aNewVersionIsTakenOverAndAnOutageChangesNothing() {
        start(Map.of());
        List<String> seen = new ArrayList<>();
        SecretFiles secrets = new SecretFiles(environment);
        secrets.onChange(() -> seen.add(bound("cio.customerio.track-api-key")));
        google.asked.clear();

        assertThat(secrets.refresh()).isEmpty();
        google.put("other-project", "track", "latest", "hush-8");
        google.put("own-project", "signing", "latest", 503);
        assertThat(secrets.refresh()).isEmpty();
        assertThat(bound("cio.customerio.track-api-key")).isEqualTo("hush-4");
        assertThat(bound("cio.webhook.signing-keys")).startsWith("hush-6,hush-7");

        google.put("own-project", "signing", "latest", "hush-6,hush-7");
        assertThat(secrets.refresh()).containsExactly("cio.customerio.track-api-key");
        assertThat(seen).containsExactly("hush-8");
        // A numbered version is the same for ever, and each question costs.
        assertThat(google.asked).isNotEmpty().noneMatch(name -> name.matches(".*/versions/\\d+"));
    }
}
