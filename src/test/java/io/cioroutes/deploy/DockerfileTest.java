package io.cioroutes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Dockerfile fits the project and the service. */
class DockerfileTest {

    private final Map<String, String> files = new TreeMap<>();

    DockerfileTest() {
        List.of("Dockerfile", ".dockerignore", "deploy/container/placeholders.env")
                .forEach(file -> files.put(file, Project.read(file)));
    }

    @Test
    void nothingIsWrong() {
        assertThat(new DockerfileCheck(files).findings()).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    Dockerfile | EXPOSE 8080 | EXPOSES 8080 | unknown instruction EXPOSES
                    Dockerfile | EXPOSE 8080 | EXPOSE 80 | the service listens on 8080
                    Dockerfile | eclipse-temurin:17.0.17_10-jre-noble | eclipse-temurin:latest | the base image must be pinned
                    Dockerfile | USER 10001 | USER service | its user must be a number
                    Dockerfile | --from=layers | --from=layer | there is no stage layer
                    Dockerfile | layers/application/ | layers/app/ | the layer application is not copied
                    Dockerfile | COPY routes/ | COPY route/ | there is no route/ to copy
                    Dockerfile | SPRING_PROFILES_ACTIVE=prod | SPRING_PROFILE=prod | the service does not read SPRING_PROFILE
                    Dockerfile | SharedArchiveFile=/app/ | SharedArchiveFile=/ | the entry point uses /customerio-routes.jsa
                    Dockerfile | archive-classes.sh /app/customerio-routes.jar | archive-classes.sh customerio-routes.jar | the archive must be written for an absolute path
                    Dockerfile | CIO_ROUTES_DIRECTORY=/app/routes | CIO_ROUTES_DIRECTORY=routes | the routes must be found from any working directory
                    Dockerfile | "-jar", "/app/ | "-jar", "/ | the entry point uses /app/customerio-routes.jsa with /customerio-routes.jar
                    Dockerfile | HEALTHCHECK | # HEALTHCHECK | there is no health check
                    .dockerignore | !routes | !route | .dockerignore keeps routes/ out
                    deploy/container/placeholders.env | CUSTOMERIO_SITE_ID | CUSTOMERIO_SITE | placeholders.env: CUSTOMERIO_SITE_ID is missing
                    """)
    void aMistakeIsFound(String file, String right, String wrong, String finding) {
        assertThat(files.get(file)).contains(right);
        files.compute(file, (name, text) -> text.replace(right, wrong));

        assertThat(new DockerfileCheck(files).findings())
                .anySatisfy(line -> assertThat(line).contains(finding));
    }
}
