package io.cioroutes.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cioroutes.analytics.BigQueryStub;
import io.cioroutes.cli.Cli;
import io.cioroutes.sandbox.SandboxOptions;
import io.cioroutes.sandbox.SandboxServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** {@code ./cio doctor} against the sandbox and a stub of BigQuery; the broker's part is tested with the broker. */
class DoctorTest {

    private static final SandboxServer SANDBOX = SandboxServer.start(
            SandboxOptions.defaults().withPort(0).withCredentials("site", "track-secret", "app-secret"));
    private static final BigQueryStub BIGQUERY = new BigQueryStub();

    @AfterAll
    static void close() {
        SANDBOX.close();
        BIGQUERY.close();
    }

    private record Result(int exit, String out) {
        List<String> of(String area) {
            try {
                List<String> found = new ArrayList<>();
                for (JsonNode finding : new JsonMapper().readTree(out).path("findings")) {
                    if (finding.path("area").asText().equals(area)) {
                        found.add(finding.path("level").asText() + " "
                                + finding.path("what").asText() + " -> "
                                + finding.path("action").asText());
                    }
                }
                return found;
            } catch (IOException e) {
                throw new AssertionError(out, e);
            }
        }
    }

    private static Result doctor(Map<String, String> settings) {
        List<String> arguments = new ArrayList<>(List.of("doctor", "--json"));
        // Nobody listens on port 1.
        arguments.add("--spring.rabbitmq.addresses=amqp://guest:rabbit-secret@127.0.0.1:1");
        settings.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        StringWriter out = new StringWriter();
        int exit = Cli.commandLine().setOut(new PrintWriter(out)).execute(arguments.toArray(String[]::new));
        return new Result(exit, out.toString());
    }

    private static Map<String, String> with(Map<String, String> one, Map<String, String> other) {
        Map<String, String> all = new HashMap<>(one);
        all.putAll(other);
        return all;
    }

    private static Map<String, String> sandbox() {
        return Map.of(
                "cio.customerio.track-url", SANDBOX.uri().toString(),
                "cio.customerio.app-url", SANDBOX.uri().toString(),
                "cio.customerio.site-id", "site",
                "cio.customerio.track-api-key", "track-secret",
                "cio.customerio.app-api-key", "app-secret");
    }

    @Test
    void whatWorksIsOk() {
        Result result = doctor(with(
                with(sandbox(), BIGQUERY.properties()), Map.of("cio.webhook.signing-keys", "0123456789abcdef0123")));

        assertThat(result.of("customerio")).hasSize(2).allMatch(found -> found.startsWith("ok "));
        assertThat(result.of("bigquery"))
                .singleElement()
                .asString()
                .startsWith("ok ")
                .contains("3 tables");
        assertThat(result.of("webhooks")).singleElement().asString().startsWith("ok 1 signing key");
        assertThat(result.of("settings")).singleElement().asString().startsWith("ok ");
        assertThat(result.of("broker")).singleElement().asString().contains("cannot be reached", "127.0.0.1:1");
        assertThat(result.exit()).isOne();
        assertThat(result.out()).doesNotContain("secret").contains("\"healthy\" : false");
    }

    @Test
    void wrongKeysAndRegionAreNamed() {
        Result result = doctor(with(
                sandbox(), Map.of("cio.customerio.track-api-key", "old-secret", "cio.customerio.app-api-key", "x")));
        assertThat(result.of("customerio"))
                .satisfiesExactly(
                        track -> assertThat(track)
                                .startsWith("problem Track API")
                                .contains("401", "SITE_ID"),
                        app -> assertThat(app).startsWith("problem App API").contains("401", "APP_API_KEY"));
        assertThat(result.out()).doesNotContain("secret");

        assertThat(doctor(with(sandbox(), Map.of("cio.customerio.region", "eu")))
                        .of("customerio"))
                .first()
                .asString()
                .startsWith("problem ")
                .contains("lives in us", "CUSTOMERIO_REGION=us");
    }

    @Test
    void tablesAreHeldAgainstTheSchemas() {
        BIGQUERY.changeTables(columns -> {
            ArrayNode changed = (ArrayNode) columns;
            ((ObjectNode) changed.get(1)).put("type", "NUMERIC");
            changed.addObject().put("name", "tenant").put("type", "STRING").put("mode", "REQUIRED");
            changed.remove(0);
            return changed;
        });
        Result changed = doctor(BIGQUERY.properties());
        BIGQUERY.changeTables(columns -> null);
        Result none = doctor(BIGQUERY.properties());
        BIGQUERY.outage(new BigQueryStub.Failure(403, "accessDenied"));
        Result denied = doctor(BIGQUERY.properties());
        BIGQUERY.outage(null);
        BIGQUERY.changeTables(columns -> columns);

        assertThat(changed.of("bigquery"))
                .hasSize(9)
                .anyMatch(found -> found.contains("is missing"))
                .anyMatch(found -> found.contains("is NUMERIC, not "))
                .anyMatch(found -> found.contains("column tenant is REQUIRED"));
        assertThat(none.of("bigquery")).hasSize(3).allMatch(found -> found.contains("does not exist"));
        assertThat(denied.of("bigquery")).singleElement().asString().contains("403", "dataEditor");
    }

    @Test
    void everythingBrokenIsFoundAtOnce() {
        Result result = doctor(Map.of(
                "spring.profiles.active", "prod",
                "cio.roles", "commands,webhooks,analytics,more",
                "cio.customerio.track-url", "http://127.0.0.1:1",
                "cio.customerio.app-url", "not a url",
                "cio.webhook.signing-keys", "local-signing-key,'quoted',short",
                "cio.bigquery.project", "p",
                "cio.bigquery.endpoint", "http://127.0.0.1:1"));

        assertThat(result.exit()).isOne();
        assertThat(result.of("settings").toString()).contains("CUSTOMERIO_SITE_ID", "cio.roles", "SPRING_SECURITY");
        assertThat(result.of("broker").toString()).contains("cannot be reached");
        assertThat(result.of("customerio").toString()).contains("Track API at http://127.0.0.1:1", "is no URL");
        assertThat(result.of("webhooks").toString()).contains("everybody knows", "quotes", "5 characters", "3 signing");
        assertThat(result.of("bigquery")).singleElement().asString().startsWith("problem ");
    }

    @Test
    void whatDoesNotAnswerOrFailsIsAProblemAndHidesNothingElse() {
        CountDownLatch never = new CountDownLatch(1);
        List<Finding> findings = new Doctor(
                        List.of(
                                check("silent", () -> {
                                    try {
                                        never.await();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                    return List.of();
                                }),
                                check("broken", () -> {
                                    throw new IllegalStateException("no such thing");
                                }),
                                check("good", () -> List.of(Finding.ok("good", "well")))),
                        Duration.ofMillis(100))
                .examine();
        never.countDown();

        assertThat(findings)
                .extracting(Finding::level)
                .containsExactly(Finding.Level.PROBLEM, Finding.Level.PROBLEM, Finding.Level.OK);
        assertThat(findings.get(1).what()).contains("no such thing");
    }

    private static Check check(String area, Supplier<List<Finding>> findings) {
        return new Check() {
            @Override
            public String area() {
                return area;
            }

            @Override
            public List<Finding> findings() {
                return findings.get();
            }
        };
    }
}
