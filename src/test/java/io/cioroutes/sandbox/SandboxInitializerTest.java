package io.cioroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

class SandboxInitializerTest {

    @Configuration(proxyBeanMethods = false)
    static class Application {
        /** Stands for the routes: it reads the address while beans are made, and calls while they are destroyed. */
        @Bean(destroyMethod = "close")
        Caller caller(@Value("${cio.customerio.track-url:}") String trackUrl) {
            return new Caller(trackUrl);
        }
    }

    static final class Caller {
        private final String trackUrl;
        private SandboxServer server;
        private int statusAtTheEnd;

        Caller(String trackUrl) {
            this.trackUrl = trackUrl;
        }

        void close() throws IOException {
            if (server != null) {
                statusAtTheEnd = new SandboxClient(server)
                        .put("/api/v1/customers/last", "{}")
                        .status();
            }
        }
    }

    private static ConfigurableApplicationContext run(String... settings) {
        var application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        // The sandbox alone, without the embedded broker and the check of all settings.
        application.setInitializers(List.of(new SandboxInitializer()));
        return application.run(Stream.concat(Stream.of("cio.sandbox.port=0"), Stream.of(settings))
                .map(setting -> "--" + setting)
                .toArray(String[]::new));
    }

    @Test
    void runsInTheLocalProfileFromBeforeTheBeansUntilAfterThem() {
        Caller caller;
        SandboxServer server;
        try (ConfigurableApplicationContext context = run("spring.profiles.active=local")) {
            server = context.getBean(SandboxServer.class);
            caller = context.getBean(Caller.class);
            caller.server = server;
            assertThat(caller.trackUrl).isEqualTo(server.uri().toString());
            assertThat(context.getEnvironment().getProperty("cio.customerio.app-url"))
                    .isEqualTo(caller.trackUrl);
            for (String name : new String[] {"site-id", "track-api-key", "app-api-key"}) {
                assertThat(context.getEnvironment().getProperty("cio.customerio." + name))
                        .isEqualTo("sandbox");
            }
        }
        assertThat(caller.statusAtTheEnd).isEqualTo(200);
        assertThatThrownBy(() -> new SandboxClient(server).put("/api/v1/customers/1", "{}"))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void isThereOncePerContext() {
        try (ConfigurableApplicationContext first = run("spring.profiles.active=local");
                ConfigurableApplicationContext second = run("spring.profiles.active=local")) {
            assertThat(first.getBean(SandboxServer.class).port())
                    .isNotEqualTo(second.getBean(SandboxServer.class).port());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUSTOMERIO_TRACK_URL=http://127.0.0.1:9",
                "CUSTOMERIO_APP_URL=http://127.0.0.1:9",
                "CUSTOMERIO_SITE_ID=a",
                "CUSTOMERIO_TRACK_API_KEY=a",
                "CUSTOMERIO_APP_API_KEY=a",
                "cio.customerio.track-url=http://127.0.0.1:9"
            })
    void keepsAwayWhereTheRealCustomerIoIsMeant(String property) {
        try (ConfigurableApplicationContext context = run("spring.profiles.active=local", property)) {
            assertThat(context.getBeansOfType(SandboxServer.class)).isEmpty();
            assertThat(context.getBean(Caller.class).trackUrl).isIn("", "http://127.0.0.1:9");
        }
    }

    @Test
    void keepsAwayFromOtherProfiles() {
        try (ConfigurableApplicationContext context = run("spring.profiles.active=prod")) {
            assertThat(context.getBeansOfType(SandboxServer.class)).isEmpty();
        }
    }

    @Test
    void theShippedSettingsAreTheDefaults() throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        new YamlPropertySourceLoader()
                .load("application", new ClassPathResource("application.yaml"))
                .forEach(environment.getPropertySources()::addLast);
        assertThat(Binder.get(environment).bindOrCreate("cio.sandbox", SandboxOptions.class))
                .isEqualTo(SandboxOptions.defaults());
    }
}
