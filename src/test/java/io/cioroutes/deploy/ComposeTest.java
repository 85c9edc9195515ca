package io.cioroutes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docker-compose.yml fits the Compose Specification, what it mounts, and the service. */
class ComposeTest {

    private final Map<String, String> files = new TreeMap<>();

    ComposeTest() {
        List.of("docker-compose.yml", ".env.example", "Dockerfile")
                .forEach(file -> files.put(file, Project.read(file)));
        Project.readAll("deploy").forEach((file, text) -> files.put("deploy/" + file, text));
    }

    @Test
    void nothingIsWrong() {
        assertThat(new ComposeCheck(files).findings()).isEmpty();
    }

    @Test
    void theEmulatorHasTheTablesOfTheService() throws IOException {
        String tables = EmulatorTables.of(Project.readAll("src/main/resources/analytics"));
        if (!tables.equals(files.get("deploy/bigquery/tables.yaml"))) {
            Files.createDirectories(Project.ROOT.resolve("target"));
            Files.writeString(Project.ROOT.resolve("target/tables.yaml"), tables);
        }
        assertThat(files.get("deploy/bigquery/tables.yaml"))
                .as("deploy/bigquery/tables.yaml; the right one is in target/tables.yaml")
                .isEqualTo(tables);
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    docker-compose.yml | healthcheck: | healthchek: | $.services.gateway: property 'healthchek' is not defined
                    docker-compose.yml | cpus: 1 | cpus: [1] | $.services.customerio-routes.cpus
                    docker-compose.yml | rabbitmq:4.1.4-management | rabbitmq:management | rabbitmq: the image rabbitmq:management is not pinned to a version
                    docker-compose.yml | postgres:17.6 | postgres:latest | postgres: the image postgres:latest is not pinned
                    docker-compose.yml | 127.0.0.1:5672:5672 | 5672:5672 | rabbitmq: port 5672:5672 is published beyond 127.0.0.1
                    docker-compose.yml | 127.0.0.1:8090:18090 | 127.0.0.1:8091:18090 | gateway: 127.0.0.1:8091:18090 leads to 8090 of the service
                    docker-compose.yml | TCP:127.0.0.1:8090 | TCP:127.0.0.1:8099 | gateway: the service does not listen on 8099
                    docker-compose.yml | ./routes:/app/routes:ro | ./route:/app/routes:ro | there is no ./route to mount
                    docker-compose.yml | service-data:/data | service-store:/data | volumes: declared are
                    docker-compose.yml | prometheus:\\n        condition | promethius:\\n        condition | grafana: depends on promethius, which is no service
                    docker-compose.yml | CIO_SENDS_JDBC_URL: | CIO_SENDS_URL: | the service does not read CIO_SENDS_URL, did you mean CIO_SENDS_STORE?
                    docker-compose.yml | 5432/customerio | 5432/sends | CIO_SENDS_JDBC_URL must be jdbc:postgresql://postgres:5432/customerio
                    docker-compose.yml | RABBITMQ_DEFAULT_USER: customerio | RABBITMQ_DEFAULT_USER: admin | SPRING_RABBITMQ_ADDRESSES must be amqp://admin
                    docker-compose.yml | ${CUSTOMERIO_SITE_ID:-} | ${CUSTOMERIO_SITE_ID} | variable CUSTOMERIO_SITE_ID has no default
                    docker-compose.yml | CUSTOMERIO_TRACK_API_KEY: ${CUSTOMERIO_TRACK_API_KEY:-} | LOGGING_LEVEL_ROOT: info | with .env: CUSTOMERIO_TRACK_API_KEY is missing
                    docker-compose.yml | target: /run/operator-password | target: /run/password | nothing is mounted at /run/operator-password
                    docker-compose.yml | dashboards/customerio-routes.json | dashboards/home.json | grafana: there is no dashboard
                    docker-compose.yml | --project=local | --project=test | bigquery: the project must be local
                    .env.example | BIGQUERY_DATASET=customerio | BIGQUERY_DATASET=events | BigQuery's emulator has project local and dataset customerio
                    .env.example | http://bigquery:9050 | http://bigquery:9060 | nothing listens on bigquery:9060
                    .env.example | GRAFANA_PASSWORD | GRAFANA_ADMIN | .env.example offers
                    deploy/prometheus/prometheus.yml | gateway:18080 | gateway:8080 | nothing listens on gateway:8080
                    deploy/prometheus/prometheus.yml | /actuator/prometheus | /actuator/metrics | the service does not expose /actuator/metrics
                    deploy/prometheus/prometheus.yml | - alerts.yml | - rules.yml | there is no rules.yml
                    deploy/prometheus/prometheus.yml | username: operator | username: admin | the operator's name is operator
                    deploy/grafana/provisioning/datasources/prometheus.yml | :9090 | :9091 | nothing listens on prometheus:9091
                    deploy/grafana/provisioning/dashboards/dashboards.yml | /var/lib/grafana/dashboards | /dashboards | is not mounted at /dashboards
                    deploy/grafana/dashboards/customerio-routes.json | "uid": "prometheus" | "uid": "default" | there is no datasource default
                    """)
    void aMistakeIsFound(String file, String right, String wrong, String finding) {
        String from = right.replace("\\n", "\n");
        assertThat(files.get(file)).contains(from);
        files.compute(file, (name, text) -> text.replace(from, wrong.replace("\\n", "\n")));

        assertThat(new ComposeCheck(files).findings())
                .anySatisfy(line -> assertThat(line).contains(finding));
    }
}
