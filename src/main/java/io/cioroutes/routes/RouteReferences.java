package io.cioroutes.routes;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.NoSuchLanguageException;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Language;

/** What a route file refers to: endpoints and their options, beans, classes, properties, expressions, other routes. */
final class RouteReferences implements AutoCloseable {

    private static final CamelCatalog CATALOG = new DefaultCamelCatalog(true);
    private static final String COMPONENTS = "META-INF/services/org/apache/camel/component/";
    private static final Pattern DURATION = Pattern.compile("(\\d+(ms|s|m|h|d))+");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]+)}}");

    /** Members whose text is the name of a bean, beside those that end in Ref. */
    private static final Set<String> BEANS = Set.of(
            "ref", "aggregationStrategy", "executorService", "circuitBreaker", "onPrepare", "idempotentRepository");

    /** Members that end in Ref and name something else. */
    private static final Set<String> NO_BEANS = Set.of("routeTemplateRef");

    private static final Set<String> LANGUAGES = Set.copyOf(CATALOG.findLanguageNames());
    private static final Set<String> PREDICATES =
            Set.of("when", "filter", "validate", "onWhen", "handled", "retryWhile");

    private final Surroundings surroundings;
    private final Set<String> routes;
    private final Set<String> directs;
    private final DefaultCamelContext languages;

    RouteReferences(Surroundings surroundings, Set<String> routes, Set<String> directs) {
        this.surroundings = surroundings;
        this.routes = routes;
        this.directs = directs;
        this.languages = new DefaultCamelContext();
        languages.build();
    }

    void check(RouteFile file, List<RouteProblem> problems) {
        RouteCheck.Walk.each(file.definition(), file.definitionAt(), (place, name, value) -> {
            if (value.isTextual()) {
                text(file, place, name, value.textValue(), problems);
            } else if (value.isObject() && value.path("uri").isTextual()) {
                endpoint(file, place, value.get("uri").textValue(), value.path("parameters"), problems);
            }
            if (name.equals("exception") && value.isArray()) {
                value.forEach(type -> type(file, place, type.asText(), problems));
            }
            expression(file, place, name, value, problems);
        });
    }

    private void text(RouteFile file, JsonPointer place, String name, String text, List<RouteProblem> problems) {
        Matcher placeholder = PLACEHOLDER.matcher(text);
        while (placeholder.find()) {
            String key = placeholder.group(1);
            if (!key.contains(":")
                    && !key.startsWith("?")
                    && surroundings.property(key).isEmpty()) {
                problems.add(file.problem(
                        place,
                        "the placeholder {{" + key + "}} has no value; set the property '" + key + "', or write {{"
                                + key + ":default}}"));
            }
        }
        if (name.equals("to") || name.equals("toD") || name.equals("wireTap")) {
            endpoint(file, place, text, file.content().path("nothing"), problems);
        } else if (name.equals("routeConfigurationId") && !routes.contains(text)) {
            problems.add(file.problem(
                    place,
                    "there is no routeConfiguration '" + text + "'" + RouteCheck.meant(text, routes)
                            + "; without it the route has no error handling"));
        } else if (text.startsWith("#class:")) {
            type(file, place, text.substring("#class:".length()).replaceFirst("\\(.*", ""), problems);
        } else if (text.startsWith("#bean:") || (text.startsWith("#") && !text.contains(" ") && text.length() > 1)) {
            bean(file, place, text.replaceFirst("^#(bean:)?", ""), problems);
        } else if (!NO_BEANS.contains(name) && (BEANS.contains(name) || name.endsWith("Ref"))) {
            bean(file, place, text, problems);
        }
    }

    private void bean(RouteFile file, JsonPointer place, String name, List<RouteProblem> problems) {
        if (!name.contains("{{") && !surroundings.beans().contains(name)) {
            problems.add(file.problem(
                    place,
                    "there is no bean '" + name + "'" + RouteCheck.meant(name, surroundings.beans())
                            + "; the building blocks are listed in docs/flows.md"));
        }
    }

    private static void type(RouteFile file, JsonPointer place, String name, List<RouteProblem> problems) {
        try {
            Class.forName(name, false, RouteReferences.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            problems.add(file.problem(place, "there is no class " + name + "; check its spelling and package"));
        }
    }

    private void endpoint(
            RouteFile file, JsonPointer place, String uri, JsonNode parameters, List<RouteProblem> problems) {
        String resolved = resolve(uri);
        if (resolved.contains("{{") || resolved.startsWith("$")) {
            return;
        }
        String scheme = resolved.replaceFirst("(?s)[:?].*", "");
        if (scheme.equals("direct")) {
            String target = resolved.substring(resolved.indexOf(':') + 1).replaceFirst("\\?.*", "");
            if (!directs.contains(target)) {
                problems.add(file.problem(
                        place,
                        "no route begins with direct:" + target + RouteCheck.meant(target, directs)
                                + "; what is sent there would fail"));
            }
        }
        if (RouteReferences.class.getClassLoader().getResource(COMPONENTS + scheme) == null) {
            List<String> known = CATALOG.findComponentNames();
            problems.add(file.problem(
                    place,
                    "there is no component '" + scheme + "' in this service"
                            + (known.contains(scheme)
                                    ? "; Camel has one: add camel-" + scheme + "-starter to the build"
                                    : RouteCheck.meant(scheme, known))));
            return;
        }
        options(file, place, scheme, uri, parameters, problems);
    }

    private void options(
            RouteFile file,
            JsonPointer place,
            String scheme,
            String uri,
            JsonNode parameters,
            List<RouteProblem> problems) {
        Map<String, String> options = new HashMap<>();
        int query = uri.indexOf('?');
        if (query >= 0) {
            for (String option : uri.substring(query + 1).split("&")) {
                options.put(option.replaceFirst("=.*", ""), option.replaceFirst("^[^=]*=?", ""));
            }
        }
        parameters
                .properties()
                .forEach(
                        option -> options.put(option.getKey(), option.getValue().asText()));
        JsonPointer at = place.appendProperty("parameters");
        options.forEach((name, value) -> {
            String given = resolve(value);
            if (given.startsWith("#")) {
                return;
            }
            String probe = scheme + ":x?" + name + "=" + given.replaceAll("[&?+%]", "_");
            EndpointValidationResult result = CATALOG.validateEndpointProperties(probe, true, false, false);
            String known = known(scheme, name, given, result);
            if (known != null) {
                problems.add(file.problem(at.appendProperty(name), known));
            }
        });
    }

    private static String known(String scheme, String name, String value, EndpointValidationResult result) {
        if (result.getUnknown() != null && result.getUnknown().contains(name)) {
            List<String> names = new ArrayList<>();
            CATALOG.componentModel(scheme).getEndpointOptions().forEach(option -> names.add(option.getName()));
            return "'" + scheme + "' has no option '" + name + "'" + RouteCheck.meant(name, names)
                    + "; see https://camel.apache.org/components/" + scheme + "-component.html";
        }
        if (result.getInvalidEnum() != null && result.getInvalidEnum().containsKey(name)) {
            return "'" + result.getInvalidEnum().get(name) + "' is none of the values of '" + name + "': "
                    + String.join(", ", result.getEnumChoices(name));
        }
        // Camel takes a duration for a number of milliseconds.
        boolean number = (result.getInvalidInteger() != null || result.getInvalidNumber() != null)
                && !DURATION.matcher(value).matches();
        if (number || result.getInvalidBoolean() != null || result.getInvalidDuration() != null) {
            return "'" + name + "' must be "
                    + (number
                            ? "a number"
                            : result.getInvalidBoolean() != null ? "true or false" : "a duration such as 5s");
        }
        return null;
    }

    private void expression(
            RouteFile file, JsonPointer place, String name, JsonNode value, List<RouteProblem> problems) {
        boolean parameter = place.toString().contains("/parameters/");
        String text =
                value.isTextual() ? value.textValue() : value.path("expression").textValue();
        if (!LANGUAGES.contains(name) || parameter || text == null || name.equals("ref") || name.equals("constant")) {
            return;
        }
        text = resolve(text);
        if (text.contains("{{")) {
            return;
        }
        try {
            Language language = languages.resolveLanguage(name);
            boolean predicate =
                    PREDICATES.stream().anyMatch(step -> place.head().toString().matches(".*/" + step + "(/\\d+)?$"));
            if (predicate) {
                language.createPredicate(text).init(languages);
            } else {
                language.createExpression(text).init(languages);
            }
        } catch (NoSuchLanguageException e) {
            problems.add(file.problem(place, "the language '" + name + "' is not in this service; use jq or simple"));
        } catch (RuntimeException e) {
            Throwable root = e;
            while (root.getCause() != null && root.getCause() != root) {
                root = root.getCause();
            }
            String reason = String.valueOf(root.getMessage())
                    .replaceAll("(?s)\\RWas expecting.*", "")
                    .strip()
                    .replaceAll("\\s*\\R\\s*", " ");
            problems.add(file.problem(place, "the " + name + " expression cannot be read: " + reason));
        }
    }

    private String resolve(String text) {
        return PLACEHOLDER.matcher(text).replaceAll(match -> {
            String[] key = match.group(1).split(":", 2);
            Optional<String> value = surroundings.property(key[0]);
            return Matcher.quoteReplacement(value.orElse(key.length > 1 ? key[1] : match.group()));
        });
    }

    @Override
    public void close() {
        languages.stop();
    }
}
