package io.cioroutes.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.SystemEnvironmentPropertySourceEnvironmentPostProcessor;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class EffectiveSettingsTest {

    /** The service's own defaults, under these environment variables and nothing else. */
    private static Map<String, List<Setting>> settings(Map<String, Object> variables, Map<String, Object> properties) {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        // As Spring Boot wraps it, with an origin of its own.
        new SystemEnvironmentPropertySourceEnvironmentPostProcessor()
                .postProcessEnvironment(environment, new SpringApplication());
        environment.getPropertySources().addFirst(new MapPropertySource("commandLineArgs", properties));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        return new EffectiveSettings(environment).byGroup();
    }

    private static Setting named(Map<String, List<Setting>> groups, String name) {
        return groups.values().stream()
                .flatMap(List::stream)
                .filter(setting -> setting.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + groups));
    }

    @Test
    void eachSettingHasItsValueAndWhoGaveIt() {
        var groups = settings(
                Map.of(
                        "CIO_TRACK_RATE_REQUESTS", "700",
                        "CIO_BATCH", "5",
                        "SPRING_RABBITMQ_HOST", "broker",
                        "CUSTOMERIO_REGION", "eu"),
                Map.of("cio.roles", "commands"));

        assertThat(named(groups, "cio.track.rate-requests"))
                .isEqualTo(
                        new Setting("cio.track.rate-requests", "700", "environment variable CIO_TRACK_RATE_REQUESTS"));
        assertThat(named(groups, "cio.customerio.region"))
                .isEqualTo(new Setting("cio.customerio.region", "eu", "environment variable CUSTOMERIO_REGION"));
        assertThat(named(groups, "cio.roles")).isEqualTo(new Setting("cio.roles", "commands", "command line"));
        assertThat(named(groups, "cio.track.calls")).isEqualTo(new Setting("cio.track.calls", "32", ""));
        assertThat(named(groups, "spring.rabbitmq.host").origin()).contains("SPRING_RABBITMQ_HOST");
        assertThat(named(groups, "cio.batch").origin()).isEqualTo("environment variable CIO_BATCH");
        assertThat(groups.get("cio.track").stream().filter(Setting::isSet)).hasSize(1);
    }

    @Test
    void aFileIsNamedWithItsLine(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("application.yaml"), "cio:\n  track:\n    calls: 3\n");

        var groups = settings(Map.of(), Map.of("spring.config.additional-location", directory.toUri() + ""));

        assertThat(named(groups, "cio.track.calls").value()).isEqualTo("3");
        assertThat(named(groups, "cio.track.calls").origin()).contains(file.toString(), ":3");
    }

    @Test
    void noSecretIsShown() {
        var groups = settings(
                Map.of(
                        "CUSTOMERIO_TRACK_API_KEY", "hush-1",
                        "CUSTOMERIO_APP_API_KEY", "hush-2",
                        "CUSTOMERIO_WEBHOOK_SIGNING_KEY", "hush-3,hush-4",
                        "SPRING_RABBITMQ_PASSWORD", "hush-5",
                        "SPRING_RABBITMQ_ADDRESSES", "amqps://u:hush-6@h1,v:hush-7@h2",
                        "SPRING_SECURITY_USER_PASSWORD", "hush-8",
                        "CIO_OPERATORS_0_PASSWORD", "{bcrypt}hush-9",
                        "CIO_SENDS_JDBC_URL", "jdbc:postgresql://h/d?user=u&password=hush-10&ssl=true",
                        "OTEL_EXPORTER_OTLP_HEADERS", "authorization=hush-11"),
                Map.of("cio.webhook.signing-keys[2]", "hush-12", "otel.exporter.otlp.headers.x", "hush-13"));

        assertThat(groups.toString()).doesNotContain("hush").contains("***", "ssl=true", "amqps://u:***@h1,v:***@h2");
        groups.forEach((group, settings) ->
                assertThat(SettingsSummary.line(group, settings)).doesNotContain("hush"));
    }

    @ParameterizedTest
    @CsvSource({
        "cio.sandbox.max-event-ids, 200000, 200000",
        "cio.customerio.track-url, http://127.0.0.1:8090/x, http://127.0.0.1:8090/x",
        "cio.customerio.track-url, https://u:p@ss@host/x, https://u:***@host/x",
        "spring.rabbitmq.ssl.key-store, /etc/store.p12, /etc/store.p12",
        "spring.rabbitmq.ssl.key-store-password, x, ***",
        "cio.customerio.app-api-key, '', ''",
    })
    void whatIsNoSecretIsShown(String name, String value, String shown) {
        assertThat(Masked.value(name, value)).isEqualTo(shown);
    }
}
