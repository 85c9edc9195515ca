package io.cioroutes.sandbox;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;
import org.springframework.util.StringUtils;

/**
 * Starts the sandbox in the profile {@code local}, unless a setting names the real Customer.io, and points the
 * application at it. It runs before any bean is made, so that whatever reads the addresses reads the sandbox's. The
 * server is the bean {@code sandboxServer}; it ends after all other beans, so that a stopping route can still finish
 * its calls.
 */
public final class SandboxInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxInitializer.class);
    private static final String BEAN = "sandboxServer";

    /** Settings that mean the real Customer.io. */
    private static final List<String> REAL = List.of(
            "CUSTOMERIO_TRACK_URL",
            "CUSTOMERIO_APP_URL",
            "CUSTOMERIO_SITE_ID",
            "CUSTOMERIO_TRACK_API_KEY",
            "CUSTOMERIO_APP_API_KEY",
            "cio.customerio.track-url",
            "cio.customerio.app-url",
            "cio.customerio.site-id",
            "cio.customerio.track-api-key",
            "cio.customerio.app-api-key");

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        if (!isWanted(environment)) {
            return;
        }
        SandboxOptions options = Binder.get(environment).bindOrCreate("cio.sandbox", SandboxOptions.class);
        SandboxServer server = SandboxServer.start(options);
        DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
        beans.registerSingleton(BEAN, server);
        beans.registerDisposableBean(BEAN, server::close);

        Map<String, Object> settings = new HashMap<>();
        settings.put("cio.customerio.track-url", server.uri().toString());
        settings.put("cio.customerio.app-url", server.uri().toString());
        settings.put("cio.customerio.site-id", orDummy(options.siteId()));
        settings.put("cio.customerio.track-api-key", orDummy(options.trackApiKey()));
        settings.put("cio.customerio.app-api-key", orDummy(options.appApiKey()));
        environment.getPropertySources().addFirst(new MapPropertySource("sandbox", settings));
        LOG.info(
                "Sandbox in place of Customer.io: {} (local, nothing leaves this machine). Set CUSTOMERIO_SITE_ID,"
                        + " CUSTOMERIO_TRACK_API_KEY and CUSTOMERIO_APP_API_KEY to use the real one",
                server.uri());
    }

    /** Whether the sandbox is to take Customer.io's place; no longer once it does. */
    public static boolean isWanted(Environment environment) {
        return environment.acceptsProfiles(Profiles.of("local"))
                && REAL.stream().noneMatch(name -> StringUtils.hasText(environment.getProperty(name)));
    }

    private static String orDummy(String configured) {
        return configured.isEmpty() ? "sandbox" : configured;
    }
}
