package io.cioroutes.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Looks at the routes once they are loaded, and says which files came to nothing. */
@Configuration(proxyBeanMethods = false)
class RouteFilesConfiguration {

    private static final Logger log = LoggerFactory.getLogger(RouteFilesConfiguration.class);

    @Bean
    CamelContextConfiguration routeFilesCheck(@Value("${cio.routes.pattern}") String patterns) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {}

            @Override
            public void afterApplicationStart(CamelContext context) {
                try {
                    RouteFiles.problems((ModelCamelContext) context, patterns)
                            .forEach(problem -> log.error("Routes: {}", problem));
                    log.info(
                            "{} routes from {}",
                            context.getRoutes().size(),
                            patterns.startsWith("file:") ? patterns.substring(5) : "the jar");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
