package io.cioroutes.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Looks at the route files that a user can edit, before they are loaded, and says what is wrong with them. */
@Configuration(proxyBeanMethods = false)
class RouteFilesConfiguration {

    private static final Logger log = LoggerFactory.getLogger(RouteFilesConfiguration.class);

    @Bean
    RouteCheck routeCheck(ConfigurableListableBeanFactory beans, Environment environment) {
        return new RouteCheck(new SpringSurroundings(beans, environment));
    }

    @Bean
    CamelContextConfiguration routeFilesCheck(RouteCheck check, @Value("${cio.routes.pattern}") String patterns) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                // Those in the jar were checked by the build.
                if (RouteSource.folders(patterns).isEmpty()) {
                    return;
                }
                try {
                    check.check(RouteSource.matching(patterns)).forEach(problem -> log.error("Routes: {}", problem));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void afterApplicationStart(CamelContext context) {
                log.info(
                        "{} routes from {}",
                        context.getRoutes().size(),
                        patterns.startsWith("file:") ? RouteSource.folders(patterns) : "the jar");
            }
        };
    }
}
