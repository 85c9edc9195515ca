package io.cioroutes.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Checks docker-compose.yml, and what it mounts, against the specification, against each other and against the service. */
final class ComposeCheck {

    private static final JsonSchema SCHEMA = Documents.schema(Documents.resource("compose-spec.json"));
    private static final ServiceSettings SETTINGS = new ServiceSettings();

    private static final String SERVICE = "customerio-routes";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::-([^}]*))?}");
    private static final Pattern PINNED = Pattern.compile("[\\w./-]+:v?\\d[\\w.-]*");
    private static final Pattern FORWARD = Pattern.compile("TCP-LISTEN:(\\d+)\\S* TCP:127\\.0\\.0\\.1:(\\d+)");
    /** What this service's own image listens on. */
    private static final Set<String> SERVICE_PORTS = Set.of("8080", "8090");

    private final Map<String, String> files;
    private final List<String> findings = new ArrayList<>();
    private JsonNode compose;

    /** @param files texts by path: docker-compose.yml, .env.example, Dockerfile, and those below deploy/ */
    ComposeCheck(Map<String, String> files) {
        this.files = files;
    }

    /** What is wrong. */
    List<String> findings() {
        compose = Documents.yaml(files.get("docker-compose.yml")).get(0);
        findings.addAll(Documents.violations(SCHEMA, compose));
        if (findings.isEmpty()) {
            compose.get("services").properties().forEach(entry -> service(entry.getKey(), entry.getValue()));
            volumes();
            variables();
            environment();
            gateway();
            credentials();
            prometheus();
            grafana();
            bigQuery();
        }
        return findings;
    }

    private void service(String name, JsonNode service) {
        String image = service.path("image").asText();
        if (!service.has("build") && !PINNED.matcher(image).matches()) {
            findings.add(name + ": the image " + image + " is not pinned to a version");
        }
        boolean healthy =
                service.has("healthcheck") || files.get("Dockerfile").contains("HEALTHCHECK") && service.has("build");
        if (!healthy) {
            findings.add(name + ": there is no health check");
        }
        service.path("depends_on").properties().forEach(dependency -> {
            JsonNode other = compose.at("/services/" + dependency.getKey());
            if (other.isMissingNode()) {
                findings.add(name + ": depends on " + dependency.getKey() + ", which is no service");
            }
        });
        for (JsonNode port : service.path("ports")) {
            if (!port.asText().startsWith("127.0.0.1:")) {
                findings.add(name + ": port " + port.asText() + " is published beyond 127.0.0.1");
            }
        }
        for (JsonNode config : service.path("configs")) {
            if (compose.at("/configs/" + config.path("source").asText()).isMissingNode()) {
                findings.add(
                        name + ": there is no config " + config.path("source").asText());
            }
        }
    }

    private void volumes() {
        Set<String> used = new TreeSet<>();
        compose.get("services").properties().forEach(entry -> {
            for (JsonNode volume : entry.getValue().path("volumes")) {
                String source = volume.asText().split(":")[0];
                if (!source.startsWith(".")) {
                    used.add(source);
                } else if (!Files.exists(Project.ROOT.resolve(source))) {
                    findings.add(entry.getKey() + ": there is no " + source + " to mount");
                }
            }
        });
        Set<String> declared = names(compose.path("volumes"));
        if (!used.equals(declared)) {
            findings.add("volumes: declared are " + declared + ", used are " + used);
        }
    }

    /** Every variable has a default and stands in .env.example, and the other way round. */
    private void variables() {
        Set<String> asked = new TreeSet<>();
        Matcher variable = VARIABLE.matcher(files.get("docker-compose.yml"));
        while (variable.find()) {
            asked.add(variable.group(1));
            if (variable.group(2) == null) {
                findings.add("variable " + variable.group(1) + " has no default: compose would not start without .env");
            }
        }
        Set<String> offered = new TreeSet<>(example().keySet());
        offered.remove("COMPOSE_PROFILES");
        if (!offered.equals(asked)) {
            findings.add(".env.example offers " + offered + ", docker-compose.yml asks for " + asked);
        }
    }

    /** The service reads all that it is given, and starts: with the defaults, and in prod with all of .env.example. */
    private void environment() {
        JsonNode given = compose.at("/services/" + SERVICE + "/environment");
        findings.addAll(SETTINGS.unread(SERVICE, names(given)));
        findings.addAll(SETTINGS.missing("by default", interpolated(given, Map.of())));
        Map<String, String> real = new LinkedHashMap<>();
        example().forEach((name, value) -> real.put(name, value.isEmpty() ? "x" : value));
        findings.addAll(SETTINGS.missing("with .env", interpolated(given, real)));
    }

    private Map<String, String> interpolated(JsonNode environment, Map<String, String> values) {
        Map<String, String> result = new LinkedHashMap<>();
        environment.properties().forEach(entry -> {
            Matcher variable = VARIABLE.matcher(entry.getValue().asText());
            result.put(
                    entry.getKey(),
                    variable.replaceAll(match -> Matcher.quoteReplacement(
                            values.getOrDefault(match.group(1), Objects.requireNonNullElse(match.group(2), "")))));
        });
        return result;
    }

    /** The lines of .env.example, those in comments included. */
    private Map<String, String> example() {
        return files.get(".env.example")
                .lines()
                .filter(line -> line.matches("#?[A-Z]\\w*=.*"))
                .map(line -> line.replaceFirst("^#", "").split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    /** What is published leads by way of the gateway to a port that the service listens on. */
    private void gateway() {
        JsonNode gateway = compose.at("/services/gateway");
        Map<String, String> forwards = new LinkedHashMap<>();
        Matcher forward = FORWARD.matcher(gateway.path("entrypoint").toString());
        while (forward.find()) {
            forwards.put(forward.group(1), forward.group(2));
        }
        forwards.values().stream()
                .filter(port -> !SERVICE_PORTS.contains(port))
                .forEach(port -> findings.add("gateway: the service does not listen on " + port));
        for (JsonNode port : gateway.path("ports")) {
            String[] parts = port.asText().split(":");
            if (!parts[1].equals(forwards.get(parts[2]))) {
                findings.add("gateway: " + port.asText() + " leads to " + forwards.get(parts[2]) + " of the service");
            }
        }
    }

    private void credentials() {
        JsonNode service = compose.at("/services/" + SERVICE + "/environment");
        JsonNode rabbit = compose.at("/services/rabbitmq/environment");
        String login = rabbit.path("RABBITMQ_DEFAULT_USER").asText() + ":"
                + rabbit.path("RABBITMQ_DEFAULT_PASS").asText();
        String address = "amqp://" + login + "@rabbitmq:5672";
        if (!service.path("SPRING_RABBITMQ_ADDRESSES").asText().equals(address)) {
            findings.add("SPRING_RABBITMQ_ADDRESSES must be " + address + " to fit the broker");
        }
        JsonNode postgres = compose.at("/services/postgres/environment");
        String url = "jdbc:postgresql://postgres:5432/"
                + postgres.path("POSTGRES_DB").asText();
        same("CIO_SENDS_JDBC_URL", service, url);
        same("CIO_SENDS_JDBC_USERNAME", service, postgres.path("POSTGRES_USER").asText());
        same(
                "CIO_SENDS_JDBC_PASSWORD",
                service,
                postgres.path("POSTGRES_PASSWORD").asText());
    }

    private void same(String variable, JsonNode environment, String expected) {
        if (!environment.path(variable).asText().equals(expected)) {
            findings.add(variable + " must be " + expected + " to fit the database");
        }
    }

    private void prometheus() {
        JsonNode config =
                Documents.yaml(files.get("deploy/prometheus/prometheus.yml")).get(0);
        for (JsonNode rules : config.path("rule_files")) {
            if (!files.containsKey("deploy/prometheus/" + rules.asText())) {
                findings.add("prometheus.yml: there is no " + rules.asText());
            }
        }
        for (JsonNode scrape : config.path("scrape_configs")) {
            String endpoint = scrape.path("metrics_path").asText().replace("/actuator/", "");
            if (!Project.read("src/main/resources/application.yaml")
                    .matches("(?s).*include:[^\\n]*\\b" + endpoint + "\\b.*")) {
                findings.add("prometheus.yml: the service does not expose "
                        + scrape.path("metrics_path").asText());
            }
            for (JsonNode target : scrape.at("/static_configs/0/targets")) {
                reachable("prometheus.yml", URI.create("http://" + target.asText()));
            }
            String user = compose.at("/services/" + SERVICE + "/environment/SPRING_SECURITY_USER_NAME")
                    .asText();
            if (!scrape.at("/basic_auth/username").asText().equals(user)) {
                findings.add("prometheus.yml: the operator's name is " + user);
            }
            String file = scrape.at("/basic_auth/password_file").asText();
            boolean mounted = StreamSupport.stream(
                            compose.at("/services/prometheus/configs").spliterator(), false)
                    .anyMatch(mount -> mount.path("target").asText().equals(file));
            if (!mounted) {
                findings.add("prometheus.yml: nothing is mounted at " + file);
            }
        }
    }

    private void grafana() {
        JsonNode source = Documents.yaml(files.get("deploy/grafana/provisioning/datasources/prometheus.yml"))
                .get(0);
        reachable("datasource", URI.create(source.at("/datasources/0/url").asText()));
        JsonNode provider = Documents.yaml(files.get("deploy/grafana/provisioning/dashboards/dashboards.yml"))
                .get(0);
        String folder = provider.at("/providers/0/options/path").asText();
        JsonNode grafana = compose.at("/services/grafana");
        boolean mounted = StreamSupport.stream(grafana.path("volumes").spliterator(), false)
                .anyMatch(volume -> volume.asText().equals("./deploy/grafana/dashboards:" + folder + ":ro"));
        if (!mounted) {
            findings.add("dashboards.yml: deploy/grafana/dashboards is not mounted at " + folder);
        }
        String home = grafana.at("/environment/GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH")
                .asText();
        if (!files.containsKey(home.replace(folder, "deploy/grafana/dashboards"))) {
            findings.add("grafana: there is no dashboard " + home);
        }
        String uid = source.at("/datasources/0/uid").asText();
        files.forEach((name, text) -> {
            if (name.startsWith("deploy/grafana/dashboards/")) {
                Documents.yaml(text).get(0).findValues("datasource").stream()
                        .map(datasource -> datasource.path("uid").asText())
                        .filter(used -> !used.equals(uid) && !used.equals("-- Grafana --") && !used.startsWith("$"))
                        .forEach(used -> findings.add(name + ": there is no datasource " + used));
            }
        });
    }

    /** The emulator's project and dataset are those that .env.example suggests. */
    private void bigQuery() {
        JsonNode tables =
                Documents.yaml(files.get("deploy/bigquery/tables.yaml")).get(0);
        String project = tables.at("/projects/0/id").asText();
        String dataset = tables.at("/projects/0/datasets/0/id").asText();
        Map<String, String> example = example();
        if (!project.equals(example.get("BIGQUERY_PROJECT")) || !dataset.equals(example.get("BIGQUERY_DATASET"))) {
            findings.add(".env.example: BigQuery's emulator has project " + project + " and dataset " + dataset);
        }
        if (!compose.at("/services/bigquery/command").toString().contains("--project=" + project)) {
            findings.add("bigquery: the project must be " + project);
        }
        reachable(".env.example", URI.create(example.get("BIGQUERY_ENDPOINT")));
    }

    /** Whether a service of that name listens on that port: one that it publishes, or the gateway forwards. */
    private void reachable(String where, URI address) {
        JsonNode service = compose.at("/services/" + address.getHost());
        boolean listens = StreamSupport.stream(service.path("ports").spliterator(), false)
                .anyMatch(port -> port.asText().endsWith(":" + address.getPort()));
        if (!listens) {
            findings.add(where + ": nothing listens on " + address.getAuthority());
        }
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
