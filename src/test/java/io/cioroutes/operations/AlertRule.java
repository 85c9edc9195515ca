package io.cioroutes.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One rule of {@code deploy/prometheus/alerts.yml}. */
record AlertRule(String name, String expression, Map<String, String> labels, Map<String, String> annotations) {

    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    static List<AlertRule> all() {
        try {
            List<AlertRule> rules = new ArrayList<>();
            for (JsonNode rule : YAML.readTree(Promtool.RULES.toFile()).findValue("rules")) {
                rules.add(new AlertRule(
                        rule.path("alert").textValue(),
                        rule.path("expr").textValue(),
                        texts(rule.path("labels")),
                        texts(rule.path("annotations"))));
            }
            return rules;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static AlertRule named(String name) {
        return all().stream()
                .filter(rule -> rule.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no alert rule " + name));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> texts(JsonNode node) {
        return YAML.convertValue(node, Map.class);
    }
}
