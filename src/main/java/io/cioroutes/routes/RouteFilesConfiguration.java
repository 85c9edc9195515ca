package io.cioroutes.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/** Looks at the route files that a user can edit, before they are loaded, and says what is wrong with them. */
@Configuration(proxyBeanMethods = false)
class RouteFilesConfiguration {

    private static final Logger log = LoggerFactory.getLogger(RouteFilesConfiguration.class);

    @Bean
    RouteCheck routeCheck(ConfigurableListableBeanFactory beans, Environment environment) {
        return new RouteCheck(new SpringSurroundings(beans, environment));
    }

    /** Only where people edit; elsewhere a file that changes must not change what runs. */
    @Bean
    @Profile("local & !prod")
    CamelContextConfiguration routeReload(
            RouteCheck check,
            DefaultListableBeanFactory beans,
            @Value("${cio.routes.pattern}") String patterns,
            @Value("${cio.routes.reload-interval}") Duration interval) {
        return new CamelContextConfiguration() {
            private List<RouteSource> loaded;

            @Override
            public void beforeApplicationStart(CamelContext context) {
                loaded = matching(patterns);
            }

            @Override
            public void afterApplicationStart(CamelContext context) {
                List<Path> folders = RouteSource.folders(patterns);
                if (!folders.isEmpty() && !interval.isZero()) {
                    var reload = new RouteReload((ModelCamelContext) context, check, folders, loaded);
                    reload.start(interval);
                    beans.registerDisposableBean("routeReloadWatch", reload::close);
                }
            }
        };
    }

    private static List<RouteSource> matching(String patterns) {
        try {
            return RouteSource.matching(patterns);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
                check.check(matching(patterns)).forEach(problem -> log.error("Routes: {}", problem));
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
