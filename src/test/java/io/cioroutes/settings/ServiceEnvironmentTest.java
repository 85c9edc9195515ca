package io.cioroutes.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class ServiceEnvironmentTest {

    private static ConfigurableEnvironment prepare(String profile, Map<String, Object> settings) {
        var environment = new StandardEnvironment();
        Map<String, Object> all = new HashMap<>(Map.of("cio.roles", "commands,webhooks,analytics"));
        all.putAll(settings);
        environment.getPropertySources().addFirst(new MapPropertySource("test", all));
        environment.setActiveProfiles(profile.split(","));
        var context = new GenericApplicationContext();
        context.setEnvironment(environment);
        new ServiceEnvironment().initialize(context);
        return environment;
    }

    @ParameterizedTest
    @CsvSource({
        "us, '', https://track.customer.io, https://api.customer.io",
        "EU, '', https://track-eu.customer.io, https://api-eu.customer.io",
        "us, http://127.0.0.1:9, http://127.0.0.1:9, http://127.0.0.1:9",
        "eu, http://127.0.0.1:9/, http://127.0.0.1:9, http://127.0.0.1:9",
        "us, http://stub/api/v2/, http://stub, http://stub/api/v2",
        "us, http://stub/v1, http://stub/v1, http://stub"
    })
    void hostsFollowRegionAndOverrides(String region, String override, String track, String app) {
        var environment = prepare(
                "local",
                Map.of(
                        "cio.customerio.region", region,
                        "cio.customerio.track-url", override,
                        "cio.customerio.app-url", override));

        assertThat(environment.getProperty("cio.track.url")).isEqualTo(track);
        assertThat(environment.getProperty("cio.app.url")).isEqualTo(app);
    }

    @Test
    void rolesChooseWhatAnInstanceDoes() {
        var environment = prepare("local", Map.of("cio.roles", "webhooks, analytics"));

        assertThat(environment.getProperty("cio.role.commands")).isEqualTo("false");
        assertThat(environment.getProperty("cio.role.webhooks")).isEqualTo("true");
        assertThat(environment.getProperty("cio.role.analytics")).isEqualTo("true");
    }

    @ParameterizedTest
    @CsvSource({"cio.roles, comands", "cio.roles, ''", "cio.customerio.region, de"})
    void aValueThatMakesNoSenseStopsTheStart(String property, String value) {
        assertThatThrownBy(() -> prepare("local", Map.of(property, value)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("'" + value + "'");
    }

    @Test
    void productionNamesEverythingThatIsMissingAtOnce() {
        assertThatThrownBy(() -> prepare("prod", Map.of()))
                .isInstanceOf(SettingsException.class)
                .message()
                .contains(
                        "CUSTOMERIO_SITE_ID",
                        "CUSTOMERIO_TRACK_API_KEY",
                        "CUSTOMERIO_APP_API_KEY",
                        "SPRING_RABBITMQ_ADDRESSES",
                        "CUSTOMERIO_WEBHOOK_SIGNING_KEY",
                        "SPRING_SECURITY_USER_PASSWORD",
                        "BIGQUERY_PROJECT",
                        "BIGQUERY_DATASET");
    }

    @Test
    void productionAsksOnlyForWhatItsRolesNeed() {
        assertThatThrownBy(() -> prepare("prod", Map.of("cio.roles", "webhooks")))
                .message()
                .contains("CUSTOMERIO_WEBHOOK_SIGNING_KEY")
                .doesNotContain("CUSTOMERIO_SITE_ID", "BIGQUERY");
    }

    @ParameterizedTest
    @CsvSource({
        "plain, viewer, cio.operators[0].password",
        "{noop}plain, viewer, cio.operators[0].password",
        "{bcrypt}$2y$10$x, admin, 'admin'",
        "{bcrypt}$2y$10$x, , cio.operators[0].roles",
    })
    void furtherOperatorsNeedHashedPasswordsAndKnownRoles(String password, String role, String named) {
        Map<String, Object> settings =
                new HashMap<>(Map.of("cio.operators[0].username", "anna", "cio.operators[0].password", password));
        if (role != null) {
            settings.put("cio.operators[0].roles", role);
        }

        assertThatThrownBy(() -> prepare("local", settings)).message().contains(named);
    }

    @Test
    void localAndProdContradictEachOther() {
        assertThatThrownBy(() -> prepare("local,prod", Map.of())).message().contains("contradict");
    }

    @Test
    void halfOfTheCredentialsIsAMistakeInLocalToo() {
        assertThatThrownBy(() -> prepare("local", Map.of("CUSTOMERIO_SITE_ID", "site")))
                .message()
                .contains("CUSTOMERIO_TRACK_API_KEY", "CUSTOMERIO_APP_API_KEY")
                .doesNotContain("SPRING_RABBITMQ");
    }

    @ParameterizedTest
    @CsvSource({
        "cio.customerio.track-url, CUSTOMERIO_TRACK_URL is set, https://api.customer.io",
        "CUSTOMERIO_APP_URL, CUSTOMERIO_APP_URL is set, https://track.customer.io"
    })
    void halfOfTheHostsIsHardlyMeant(String property, String set, String goesTo) {
        var environment = prepare("local", Map.of(property, "http://127.0.0.1:9"));

        assertThat(new SettingsCheck(environment).warnings())
                .singleElement()
                .asString()
                .contains(set, goesTo);
        assertThat(new SettingsCheck(prepare("local", Map.of())).warnings()).isEmpty();
    }

    @Test
    void allThatMakesNoSenseIsNamedAtOnce() {
        assertThatThrownBy(() -> prepare("prod", Map.of("cio.roles", "comands", "cio.customerio.region", "de")))
                .message()
                .contains("'comands'", "'de'", "SPRING_RABBITMQ_ADDRESSES");
    }
}
