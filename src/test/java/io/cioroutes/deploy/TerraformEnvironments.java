package io.cioroutes.deploy;

import io.cioroutes.deploy.Hcl.Attribute;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The environment variables that Terraform gives each workload, as they stand in its files. */
final class TerraformEnvironments {

    private static final Pattern ENTRY = Pattern.compile("(?m)^\\s*([A-Z][A-Z0-9_]*)\\s*=\\s*(.+)$");
    private static final Pattern SECRET =
            Pattern.compile("variable\\s*=\\s*\"(\\w+)\"\\s*workloads\\s*=\\s*\\[([^\\]]*)]");

    private TerraformEnvironments() {}

    /**
     * Name and value of each variable by workload. Where the value is neither a literal nor a Terraform variable with a
     * literal in the values file, it is the expression.
     *
     * @param terraform all files by name
     * @param values name of the values file
     */
    static Map<String, Map<String, String>> of(Map<String, String> terraform, String values) {
        Map<String, String> literals = Hcl.parse(terraform.get(values)).attributes().stream()
                .collect(Collectors.toMap(value -> "var." + value.name(), Attribute::expression));
        Map<String, Map<String, String>> workloads = new LinkedHashMap<>();
        for (Attribute workload : Hcl.object(local(terraform.get("run.tf"), "environment"))) {
            Map<String, String> variables = workloads.computeIfAbsent(workload.name(), name -> new LinkedHashMap<>());
            Matcher entry = ENTRY.matcher(workload.expression());
            while (entry.find()) {
                String expression = entry.group(2).strip();
                String value = literals.getOrDefault(expression, expression);
                variables.put(
                        entry.group(1), value.replaceAll("^\"(.*)\"$", "$1").replace("$$", "$"));
            }
        }
        Matcher secret = SECRET.matcher(local(terraform.get("secrets.tf"), "secrets"));
        while (secret.find()) {
            for (String workload : secret.group(2).replace("\"", "").split(",")) {
                workloads
                        .computeIfAbsent(workload.strip(), name -> new LinkedHashMap<>())
                        .put(secret.group(1), "from Secret Manager");
            }
        }
        Hcl.object(literals.getOrDefault("var.settings", "{}"))
                .forEach(setting ->
                        workloads.values().forEach(variables -> variables.put(setting.name(), setting.expression())));
        return workloads;
    }

    private static String local(String text, String name) {
        return Hcl.parse(text)
                .blocks("locals")
                .flatMap(block -> block.body().attributes(name))
                .findFirst()
                .orElseThrow()
                .expression();
    }
}
