package io.cioroutes.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.deploy.Hcl.Attribute;
import io.cioroutes.deploy.Hcl.Block;
import io.cioroutes.deploy.Hcl.Body;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks a Terraform configuration without Terraform: syntax, every block and argument against the provider's schema,
 * references, values files, paths.
 *
 * <p>Terraform itself, where there is one, checks more ({@link TerraformRunTest}). This runs everywhere.
 */
final class TerraformCheck {

    /** Arguments and blocks that Terraform itself gives every resource. */
    private static final Set<String> META =
            Set.of("count", "for_each", "depends_on", "provider", "lifecycle", "connection", "provisioner");

    private static final Pattern REFERENCE =
            Pattern.compile("(?<![\\w.])(data\\.)?(google_\\w+)\\.(\\w+)((?:\\[[^\\]]*\\])*)(?:\\.(\\w+))?");
    private static final Pattern VARIABLE = Pattern.compile("(?<![\\w.])var\\.(\\w+)");
    private static final Pattern LOCAL = Pattern.compile("(?<![\\w.])local\\.(\\w+)");
    private static final Pattern MODULE_PATH = Pattern.compile("\\$\\{path\\.module}/([\\w./-]+)");
    private static final Pattern LITERAL = Pattern.compile("\"([^\"$%\\\\]*)\"");

    private final ProviderSchema schema;
    private final Path directory;
    private final Map<String, Body> files = new TreeMap<>();
    private final Map<String, Body> values = new TreeMap<>();
    private final List<String> findings = new ArrayList<>();

    /**
     * @param directory where {@code path.module} is
     * @param texts the files by their path relative to it
     */
    TerraformCheck(ProviderSchema schema, Path directory, Map<String, String> texts) {
        this.schema = schema;
        this.directory = directory;
        texts.forEach((name, text) -> {
            try {
                if (name.endsWith(".tf")) {
                    files.put(name, Hcl.parse(text));
                } else if (name.endsWith(".tfvars") || name.endsWith(".hcl") || name.endsWith(".tfbackend")) {
                    values.put(name, Hcl.parse(text));
                }
            } catch (Hcl.SyntaxException e) {
                findings.add(name + ": " + e.getMessage());
            }
        });
    }

    /** What is wrong, each with file and line. */
    List<String> findings() {
        files.forEach((file, body) -> body.blocks().forEach(block -> block(file, block)));
        references();
        valueFiles();
        return findings;
    }

    private void block(String file, Block block) {
        switch (block.type()) {
            case "resource" -> typed(file, block, schema.resources());
            case "data" -> typed(file, block, schema.dataSources());
            case "provider" ->
                body(file, block, "provider", block.body(), schema.provider().block(), true);
            case "terraform", "variable", "locals", "output", "moved" -> {}
            default -> report(file, block.line(), "unknown block \"" + block.type() + "\"");
        }
    }

    private void typed(String file, Block block, Map<String, ProviderSchema.Schema> schemas) {
        String type = block.labels().get(0);
        ProviderSchema.Schema known = schemas.get(type);
        if (known == null) {
            report(
                    file,
                    block.line(),
                    block.type() + " type \"" + type + "\" is not in the provider's schema as kept here: "
                            + "a misspelling, or run `npm run provider-schema`");
            return;
        }
        body(file, block, type + "." + block.labels().get(1), block.body(), known.block(), true);
    }

    private void body(String file, Block at, String where, Body body, ProviderSchema.Block known, boolean top) {
        Set<String> names = new LinkedHashSet<>();
        for (Attribute attribute : body.attributes()) {
            if (!names.add(attribute.name())) {
                report(file, attribute.line(), where + ": \"" + attribute.name() + "\" is set twice");
            }
            if (top && META.contains(attribute.name())) {
                continue;
            }
            ProviderSchema.Attribute argument = known.attributes().get(attribute.name());
            if (known.blocks().containsKey(attribute.name())) {
                report(file, attribute.line(), where + ": \"" + attribute.name() + "\" is a block: without =");
            } else if (argument == null || !argument.settable()) {
                unknown(file, attribute.line(), where, attribute.name(), known);
            } else {
                value(file, where, attribute, argument);
            }
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Block block : body.blocks()) {
            boolean dynamic = block.type().equals("dynamic");
            String name = dynamic ? block.labels().get(0) : block.type();
            if (top && META.contains(name)) {
                continue;
            }
            names.add(name);
            ProviderSchema.Nested nested = known.blocks().get(name);
            if (nested == null) {
                unknown(file, block.line(), where, name, known);
                continue;
            }
            if (dynamic) {
                if (block.body().attributes("for_each").findAny().isEmpty()) {
                    report(file, block.line(), where + ": dynamic \"" + name + "\" lacks for_each");
                }
                block.body()
                        .blocks("content")
                        .forEach(content ->
                                body(file, content, where + "." + name, content.body(), nested.block(), false));
            } else {
                if (counts.merge(name, 1, Integer::sum) > nested.maximum() && nested.maximum() > 0) {
                    report(
                            file,
                            block.line(),
                            where + ": \"" + name + "\" may occur only " + nested.maximum() + " time(s)");
                }
                body(file, block, where + "." + name, block.body(), nested.block(), false);
            }
        }
        known.attributes().forEach((name, argument) -> {
            if (argument.required() && !names.contains(name)) {
                report(file, at.line(), where + ": argument \"" + name + "\" is required");
            }
        });
        known.blocks().forEach((name, nested) -> {
            if (nested.minimum() > 0 && !names.contains(name)) {
                report(file, at.line(), where + ": block \"" + name + "\" is required");
            }
        });
    }

    private void unknown(String file, int line, String where, String name, ProviderSchema.Block known) {
        Stream<String> arguments = known.attributes().entrySet().stream()
                .filter(entry -> entry.getValue().settable())
                .map(Map.Entry::getKey);
        String near = Nearest.to(
                name, Stream.concat(arguments, known.blocks().keySet().stream()).toList());
        report(file, line, where + ": unknown argument \"" + name + "\", did you mean \"" + near + "\"?");
    }

    private void value(String file, String where, Attribute attribute, ProviderSchema.Attribute argument) {
        String expression = attribute.expression();
        Matcher literal = LITERAL.matcher(expression);
        boolean text = literal.matches();
        JsonNode type = argument.type();
        String said = where + ": \"" + attribute.name() + "\" ";
        if (type.isTextual()) {
            String kind = type.asText();
            if (kind.equals("number") && text && !literal.group(1).matches("-?\\d+(\\.\\d+)?")
                    || kind.equals("number") && expression.matches("true|false")) {
                report(file, attribute.line(), said + "must be a number, not " + expression);
            } else if (kind.equals("bool")
                    && (text && !literal.group(1).matches("true|false") || expression.matches("\\d+"))) {
                report(file, attribute.line(), said + "must be true or false, not " + expression);
            } else if (expression.startsWith("[") || expression.startsWith("{")) {
                report(file, attribute.line(), said + "must be a single " + kind);
            }
        } else if (text || expression.matches("true|false|-?\\d+(\\.\\d+)?")) {
            report(file, attribute.line(), said + "must be a " + type.get(0).asText() + ", not " + expression);
        }
        if (argument.values() != null && text && !argument.values().contains(literal.group(1))) {
            report(file, attribute.line(), said + "must be one of " + argument.values() + ", not " + expression);
        }
    }

    private void references() {
        Map<String, Set<String>> declared = new TreeMap<>();
        Set<String> variables = new TreeSet<>();
        Set<String> locals = new TreeSet<>();
        files.values().forEach(body -> {
            Stream.concat(body.blocks("resource"), body.blocks("data")).forEach(block -> declared.computeIfAbsent(
                            (block.type().equals("data") ? "data." : "")
                                    + block.labels().get(0),
                            type -> new TreeSet<>())
                    .add(block.labels().get(1)));
            body.blocks("variable")
                    .forEach(block -> variables.add(block.labels().get(0)));
            body.blocks("locals")
                    .forEach(block -> block.body().attributes().forEach(local -> locals.add(local.name())));
        });
        Set<String> used = new TreeSet<>();
        files.forEach((file, body) -> expressions(body, attribute -> {
            resourceReferences(file, attribute, declared);
            declaredOnly(file, attribute, VARIABLE, "variable", variables, used);
            declaredOnly(file, attribute, LOCAL, "local value", locals, used);
            MODULE_PATH.matcher(attribute.expression()).results().forEach(match -> {
                if (!Files.exists(directory.resolve(match.group(1)))) {
                    report(file, attribute.line(), "there is no " + match.group(1) + " beside the configuration");
                }
            });
        }));
        files.forEach((file, body) -> {
            body.blocks("variable")
                    .filter(block -> !used.contains("variable " + block.labels().get(0)))
                    .forEach(block -> report(
                            file, block.line(), "variable \"" + block.labels().get(0) + "\" is not used"));
            body.blocks("locals")
                    .flatMap(block -> block.body().attributes().stream())
                    .filter(local -> !used.contains("local value " + local.name()))
                    .forEach(local -> report(file, local.line(), "local value \"" + local.name() + "\" is not used"));
        });
    }

    private void resourceReferences(String file, Attribute attribute, Map<String, Set<String>> declared) {
        Matcher reference = REFERENCE.matcher(attribute.expression());
        while (reference.find()) {
            boolean data = reference.group(1) != null;
            String type = (data ? "data." : "") + reference.group(2);
            String name = reference.group(3);
            if (!declared.getOrDefault(type, Set.of()).contains(name)) {
                report(file, attribute.line(), "there is no " + type + "." + name);
                continue;
            }
            ProviderSchema.Schema known = (data ? schema.dataSources() : schema.resources()).get(reference.group(2));
            String member = reference.group(5);
            if (member != null
                    && known != null
                    && !known.block().attributes().containsKey(member)
                    && !known.block().blocks().containsKey(member)) {
                report(
                        file,
                        attribute.line(),
                        type + "." + name + " has no attribute \"" + member + "\", did you mean \""
                                + Nearest.to(member, known.block().attributes().keySet()) + "\"?");
            }
        }
    }

    private void declaredOnly(
            String file, Attribute attribute, Pattern pattern, String kind, Set<String> declared, Set<String> used) {
        pattern.matcher(attribute.expression())
                .results()
                .map(match -> match.group(1))
                .forEach(name -> {
                    if (!declared.contains(name)) {
                        report(
                                file,
                                attribute.line(),
                                "there is no " + kind + " \"" + name + "\", did you mean \""
                                        + Nearest.to(name, declared) + "\"?");
                    } else if (!attribute.name().equals("error_message")) {
                        used.add(kind + " " + name);
                    }
                });
    }

    /** Every attribute, however deep; a variable's own conditions do not count as its use. */
    private static void expressions(Body body, Consumer<Attribute> visitor) {
        body.attributes().forEach(visitor);
        body.blocks().stream()
                .filter(block -> !block.type().equals("variable"))
                .forEach(block -> expressions(block.body(), visitor));
    }

    private void valueFiles() {
        Map<String, Block> variables = files.values().stream()
                .flatMap(body -> body.blocks("variable"))
                .collect(Collectors.toMap(block -> block.labels().get(0), block -> block, (a, b) -> a));
        values.forEach((file, body) -> {
            if (!file.endsWith(".tfvars")) {
                return;
            }
            body.attributes().stream()
                    .filter(value -> !variables.containsKey(value.name()))
                    .forEach(value -> report(
                            file,
                            value.line(),
                            "there is no variable \"" + value.name() + "\", did you mean \""
                                    + Nearest.to(value.name(), variables.keySet()) + "\"?"));
            variables.forEach((name, block) -> {
                if (block.body().attributes("default").findAny().isEmpty()
                        && body.attributes(name).findAny().isEmpty()) {
                    report(file, 1, "variable \"" + name + "\" needs a value");
                }
            });
        });
    }

    private void report(String file, int line, String message) {
        findings.add(file + ":" + line + ": " + message);
    }
}
