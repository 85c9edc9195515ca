package io.cioroutes.routes;

import io.cioroutes.routes.CheckedRoutes.Broken;
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
import org.springframework.context.ApplicationContext;
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

    /** In place of Camel's own. */
    @Bean
    CheckedRoutes routesCollector(
            ApplicationContext context, RouteCheck check, @Value("${cio.routes.broken-files}") Broken broken) {
        return new CheckedRoutes(context, check, broken);
    }

    /** Only where people edit; elsewhere a file that changes must not change what runs. */
    @Bean
    @Profile("local & !prod")
    CamelContextConfiguration routeReload(
            RouteCheck check,
            CheckedRoutes routes,
            DefaultListableBeanFactory beans,
            @Value("${cio.routes.pattern}") String patterns,
            @Value("${cio.routes.reload-interval}") Duration interval) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                // Begins when all is started.
            }

            @Override
            public void afterApplicationStart(CamelContext context) {
                List<Path> folders = RouteSource.folders(patterns);
                if (routes.fromFolders() && !interval.isZero()) {
                    var reload = new RouteReload(
                            (ModelCamelContext) context, check, folders, routes.found(), routes.loaded());
                    reload.start(interval);
                    beans.registerDisposableBean("routeReloadWatch", reload::close);
                }
            }
        };
    }

    @Bean
    CamelContextConfiguration routeCount(@Value("${cio.routes.pattern}") String patterns) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                // They are counted when they are there.
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
