package io.cioroutes.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Checks deploy/kubernetes against Kubernetes' and KEDA's schemas, against each other and against the service. */
final class KubernetesCheck {

    private static final JsonNode SCHEMA = Documents.resource("kubernetes-schema.json");
    private static final ServiceSettings SETTINGS = new ServiceSettings();
    private static final Pattern QUEUE = Pattern.compile("(?m)^\\s*queues: (\\S+)$");

    private final Map<String, String> files;
    private final String routes;
    private final Map<String, String> autoscaling;
    private final Map<String, JsonNode> manifests = new TreeMap<>();
    private final List<String> findings = new ArrayList<>();

    /**
     * @param files texts of deploy/kubernetes by name
     * @param routes all route files in one
     * @param autoscaling messages per instance by deployment
     */
    KubernetesCheck(Map<String, String> files, String routes, Map<String, String> autoscaling) {
        this.files = files;
        this.routes = routes;
        this.autoscaling = autoscaling;
    }

    /** What is wrong. */
    List<String> findings() {
        kustomization();
        files.forEach((file, text) -> {
            if (!file.equals("kustomization.yaml")) {
                Documents.yaml(text).forEach(manifest -> manifest(file, manifest));
            }
        });
        if (findings.isEmpty()) {
            ofKind("Deployment").forEach(this::deployment);
            ofKind("Service").forEach(this::service);
            ofKind("Ingress").forEach(this::ingress);
            ofKind("NetworkPolicy").forEach(this::networkPolicy);
            ofKind("PodDisruptionBudget").forEach(budget -> selects(budget, budget.at("/spec/selector/matchLabels")));
            ofKind("ScaledObject").forEach(this::scaledObject);
            ofKind("HorizontalPodAutoscaler").forEach(scaler -> target(scaler, scaler.at("/spec/scaleTargetRef/name")));
            ofKind("TriggerAuthentication").forEach(this::triggerAuthentication);
            rates();
        }
        return findings;
    }

    private void kustomization() {
        Set<String> listed = new TreeSet<>();
        Documents.yaml(files.get("kustomization.yaml"))
                .get(0)
                .path("resources")
                .forEach(name -> listed.add(name.asText()));
        Set<String> present = files.keySet().stream()
                .filter(name -> !name.equals("kustomization.yaml") && !name.contains(".example."))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!listed.equals(present)) {
            findings.add("kustomization.yaml lists " + listed + ", there are " + present);
        }
    }

    private void manifest(String file, JsonNode manifest) {
        String kind = manifest.path("kind").asText();
        String where = file + ": " + kind + " " + manifest.at("/metadata/name").asText();
        JsonNode branch = StreamSupport.stream(
                        SCHEMA.at("/definitions/Manifest/anyOf").spliterator(), false)
                .filter(candidate ->
                        candidate.at("/properties/kind/const").asText().equals(kind))
                .findFirst()
                .orElse(null);
        if (branch == null) {
            findings.add(where + ": the kind is not in the schema as kept here");
            return;
        }
        ObjectNode schema = branch.deepCopy();
        schema.set("definitions", SCHEMA.get("definitions"));
        Documents.violations(Documents.schema(schema), manifest)
                .forEach(violation -> findings.add(where + ": " + violation));
        manifests.put(kind + " " + manifest.at("/metadata/name").asText(), manifest);
    }

    private Stream<JsonNode> ofKind(String kind) {
        return manifests.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(kind + " "))
                .map(Map.Entry::getValue);
    }

    private void deployment(JsonNode deployment) {
        String name = deployment.at("/metadata/name").asText();
        JsonNode labels = deployment.at("/spec/template/metadata/labels");
        if (!labels.equals(deployment.at("/spec/selector/matchLabels"))) {
            findings.add(name + ": the selector does not fit the pods' labels");
        }
        JsonNode container = deployment.at("/spec/template/spec/containers/0");
        Map<String, String> variables = environment(name, container);
        findings.addAll(SETTINGS.unread(name, variables.keySet()));
        findings.addAll(SETTINGS.missing(name, variables));
        if (!container.at("/securityContext/readOnlyRootFilesystem").asBoolean()
                || !deployment
                        .at("/spec/template/spec/securityContext/runAsNonRoot")
                        .asBoolean()) {
            findings.add(name + ": must run as non-root on a read-only file system");
        }
        Map<String, Integer> ports = new LinkedHashMap<>();
        container
                .path("ports")
                .forEach(port -> ports.put(
                        port.path("name").asText(), port.path("containerPort").asInt()));
        String management = variables.getOrDefault("MANAGEMENT_SERVER_PORT", "8080");
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            String path = container.at("/" + probe + "/httpGet/path").asText();
            String expected = "/actuator/health/" + (probe.equals("readinessProbe") ? "readiness" : "liveness");
            if (!path.equals(expected)) {
                findings.add(name + ": the " + probe + " must ask " + expected);
            }
            Integer port = ports.get(container.at("/" + probe + "/httpGet/port").asText());
            if (!management.equals(String.valueOf(port))) {
                findings.add(name + ": the " + probe + " asks port " + port + ", the service answers on " + management);
            }
        }
        JsonNode annotations = deployment.at("/spec/template/metadata/annotations");
        if (!annotations.path("prometheus.io/port").asText().equals(management)) {
            findings.add(name + ": metrics are on port " + management);
        }
        if (deployment.at("/spec/replicas").isMissingNode()
                && Stream.concat(ofKind("ScaledObject"), ofKind("HorizontalPodAutoscaler"))
                        .noneMatch(scaler ->
                                scaler.at("/spec/scaleTargetRef/name").asText().equals(name))) {
            findings.add(name + ": nothing says how many replicas");
        }
    }

    /** The variables that a container gets: of the config map, and one by one, by value or from the secret. */
    private Map<String, String> environment(String name, JsonNode container) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (JsonNode source : container.path("envFrom")) {
            String map = source.at("/configMapRef/name").asText();
            JsonNode data = manifests
                    .getOrDefault("ConfigMap " + map, SCHEMA.path("none"))
                    .path("data");
            if (data.isMissingNode()) {
                findings.add(name + ": there is no ConfigMap " + map);
            }
            data.properties()
                    .forEach(entry ->
                            variables.put(entry.getKey(), entry.getValue().asText()));
        }
        for (JsonNode variable : container.path("env")) {
            JsonNode secret = variable.at("/valueFrom/secretKeyRef");
            variables.put(
                    variable.path("name").asText(),
                    secret.isMissingNode() ? variable.path("value").asText() : "secret");
            if (!secret.isMissingNode()) {
                secretKey(name, secret.path("name").asText(), secret.path("key").asText());
            }
        }
        return variables;
    }

    private void secretKey(String where, String secret, String key) {
        JsonNode known = manifests.getOrDefault("Secret " + secret, SCHEMA.path("none"));
        if (known.at("/stringData/" + key).isMissingNode()) {
            findings.add(where + ": the secret " + secret + " of secret.example.yaml has no key " + key);
        }
    }

    private void service(JsonNode service) {
        List<JsonNode> pods = selects(service, service.at("/spec/selector"));
        for (JsonNode port : service.at("/spec/ports")) {
            pods.forEach(
                    deployment -> hasPort(deployment, port.path("targetPort").asText()));
        }
    }

    private void ingress(JsonNode ingress) {
        for (JsonNode path : ingress.at("/spec/rules/0/http/paths")) {
            String service = path.at("/backend/service/name").asText();
            if (!manifests.containsKey("Service " + service)) {
                findings.add("ingress: there is no service " + service);
            }
            if (!routes.contains("platform-http:" + path.path("path").asText())) {
                findings.add("ingress: no route listens on " + path.path("path").asText());
            }
        }
    }

    private void networkPolicy(JsonNode policy) {
        List<JsonNode> pods = selects(policy, policy.at("/spec/podSelector/matchLabels"));
        for (JsonNode rule : policy.at("/spec/ingress")) {
            for (JsonNode port : rule.path("ports")) {
                pods.forEach(deployment -> hasPort(deployment, port.path("port").asText()));
            }
        }
    }

    private void hasPort(JsonNode deployment, String port) {
        boolean found = StreamSupport.stream(
                        deployment.at("/spec/template/spec/containers/0/ports").spliterator(), false)
                .anyMatch(candidate -> candidate.path("name").asText().equals(port));
        if (!found) {
            findings.add(deployment.at("/metadata/name").asText() + ": has no port " + port);
        }
    }

    /** The deployments that a selector picks; none is a finding. */
    private List<JsonNode> selects(JsonNode by, JsonNode labels) {
        List<JsonNode> pods = ofKind("Deployment")
                .filter(deployment -> labels.properties().stream().allMatch(label -> label.getValue()
                        .equals(deployment.at("/spec/template/metadata/labels").get(label.getKey()))))
                .toList();
        if (pods.isEmpty()) {
            findings.add(
                    by.path("kind").asText() + " " + by.at("/metadata/name").asText() + ": selects nothing");
        }
        return pods;
    }

    private void target(JsonNode scaler, JsonNode name) {
        if (!manifests.containsKey("Deployment " + name.asText())) {
            findings.add(scaler.path("kind").asText() + ": there is no deployment " + name.asText());
        }
    }

    private void scaledObject(JsonNode scaler) {
        JsonNode deployment = scaler.at("/spec/scaleTargetRef/name");
        target(scaler, deployment);
        Set<String> queues =
                QUEUE.matcher(routes).results().map(match -> match.group(1)).collect(Collectors.toSet());
        for (JsonNode trigger : scaler.at("/spec/triggers")) {
            String queue = trigger.at("/metadata/queueName").asText();
            if (!queues.contains(queue)) {
                findings.add("ScaledObject " + deployment.asText() + ": no route reads from the queue " + queue);
            }
            String value = autoscaling.get(deployment.asText());
            if (!trigger.at("/metadata/value").asText().equals(value)) {
                findings.add("ScaledObject " + deployment.asText() + ": " + queue + " must scale at " + value
                        + ", as deploy/capacity calculates");
            }
            String authentication = trigger.at("/authenticationRef/name").asText();
            if (!manifests.containsKey("TriggerAuthentication " + authentication)) {
                findings.add("ScaledObject " + deployment.asText() + ": there is no TriggerAuthentication "
                        + authentication);
            }
        }
    }

    private void triggerAuthentication(JsonNode authentication) {
        for (JsonNode reference : authentication.at("/spec/secretTargetRef")) {
            secretKey(
                    "TriggerAuthentication",
                    reference.path("name").asText(),
                    reference.path("key").asText());
        }
    }

    /** All instances together keep to Customer.io's limits, which are the service's defaults for one. */
    private void rates() {
        int most = manifests
                .get("ScaledObject commands")
                .at("/spec/maxReplicaCount")
                .asInt();
        JsonNode settings = manifests.get("ConfigMap customerio-routes").path("data");
        JsonNode defaults = Documents.yaml(Project.read("src/main/resources/application.yaml"))
                .get(0)
                .get("cio");
        share(
                "CIO_TRACK_RATEREQUESTS",
                settings,
                defaults.at("/track/rate-requests").asInt() / most);
        share(
                "CIO_TRANSACTIONAL_RATEREQUESTS",
                settings,
                defaults.at("/transactional/rate-requests").asInt() / most);
        share(
                "CIO_BROADCAST_RATEPERIOD",
                settings,
                defaults.at("/broadcast/rate-period").asInt() * most);
    }

    private void share(String variable, JsonNode settings, int expected) {
        if (settings.path(variable).asInt() != expected) {
            findings.add(variable + " must be " + expected + " for as many instances as there may be");
        }
    }
}
