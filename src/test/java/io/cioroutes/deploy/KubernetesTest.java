package io.cioroutes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Kubernetes manifests fit their schemas, each other, and the service. */
class KubernetesTest {

    private static final Map<String, String> AUTOSCALING = CapacityTest.autoscaling();

    private final Map<String, String> files = new TreeMap<>(Project.readAll("deploy/kubernetes"));
    private final String routes = String.join("\n", Project.readAll("routes").values());

    @Test
    void nothingIsWrong() {
        assertThat(new KubernetesCheck(files, routes, AUTOSCALING).findings()).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    commands.yaml      | terminationGracePeriodSeconds: 30 | terminationGraceSeconds: 30 | property 'terminationGraceSeconds' is not defined
                    commands.yaml      | maxUnavailable: 1 | maxUnavailable: [1] | maxUnavailable
                    commands.yaml      | kind: Deployment | kind: Deploiment | the kind is not in the schema
                    commands.yaml      | CUSTOMERIO_SITE_ID | CUSTOMERIO_SITE | commands: the service does not read CUSTOMERIO_SITE
                    commands.yaml      | value: commands | value: comands | cio.roles is 'comands'
                    commands.yaml      | name: CIO_SENDS_JDBC_PASSWORD\\n | name: CIO_SENDS_PASSWORD\\n | the service does not read CIO_SENDS_PASSWORD, did you mean CIO_SENDS_JDBC_PASSWORD?
                    commands.yaml      | key: CUSTOMERIO_APP_API_KEY | key: APP_API_KEY | the secret customerio-routes of secret.example.yaml has no key APP_API_KEY
                    commands.yaml      | containerPort: 8081 | containerPort: 8082 | asks port 8082, the service answers on 8081
                    commands.yaml      | prometheus.io/port: "8081" | prometheus.io/port: "8080" | commands: metrics are on port 8081
                    commands.yaml      | health/liveness | health | the startupProbe must ask /actuator/health/liveness
                    commands.yaml      | health/readiness | health/ready | the readinessProbe must ask /actuator/health/readiness
                    commands.yaml      | readOnlyRootFilesystem: true | readOnlyRootFilesystem: false | must run as non-root on a read-only file system
                    commands.yaml      | component: commands\\n  template | component: command\\n  template | the selector does not fit
                    webhooks.yaml      | targetPort: http | targetPort: web | webhooks: has no port web
                    webhooks.yaml      | path: /webhooks/customerio | path: /webhook/customerio | no route listens on /webhook/customerio
                    webhooks.yaml      | name: CUSTOMERIO_WEBHOOK_SIGNING_KEY\\n | name: WEBHOOK_KEY\\n | webhooks: CUSTOMERIO_WEBHOOK_SIGNING_KEY is missing
                    settings.yaml      | BIGQUERY_PROJECT | GCP_PROJECT | analytics: BIGQUERY_PROJECT is missing
                    settings.yaml      | CIO_TRANSACTIONAL_RATEREQUESTS: "25" | CIO_TRANSACTIONAL_RATEREQUESTS: "100" | CIO_TRANSACTIONAL_RATEREQUESTS must be 25
                    settings.yaml      | SPRING_PROFILES_ACTIVE: prod | SPRING_PROFILES_ACTIVE: prod,local | the profiles local and prod contradict each other
                    autoscaling.yaml   | queueName: cio.track | queueName: cio.tracks | no route reads from the queue cio.tracks
                    autoscaling.yaml   | value: "198000" | value: "10" | must scale at
                    autoscaling.yaml   | maxReplicaCount: 4 | maxReplicaCount: 8 | CIO_TRACK_RATEREQUESTS must be 375
                    autoscaling.yaml   | name: webhooks\\n  minReplicas | name: hooks\\n  minReplicas | there is no deployment hooks
                    autoscaling.yaml   | pollingInterval: 15 | pollInterval: 15 | property 'pollInterval' is not defined
                    network.yaml       | port: management | port: metrics | has no port metrics
                    network.yaml       | component: webhooks | component: receivers | selects nothing
                    kustomization.yaml | - network.yaml | - networks.yaml | kustomization.yaml lists
                    """)
    void aMistakeIsFound(String file, String right, String wrong, String finding) {
        String from = right.replace("\\n", "\n");
        assertThat(files.get(file)).contains(from);
        files.compute(file, (name, text) -> text.replace(from, wrong.replace("\\n", "\n")));

        assertThat(new KubernetesCheck(files, routes, AUTOSCALING).findings())
                .anySatisfy(line -> assertThat(line).contains(finding));
    }
}
