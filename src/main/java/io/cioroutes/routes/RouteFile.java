package io.cioroutes.routes;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A route file as it was read: its content, and the line of everything in it. */
final class RouteFile {

    /** How a route file's name ends; what comes before is the id of its route. */
    static final String SUFFIX = ".camel.yaml";

    private static final YAMLMapper YAML = new YAMLMapper();

    private final String path;
    private final Map<JsonPointer, Integer> lines = new HashMap<>();
    private final List<RouteProblem> problems = new ArrayList<>();
    private JsonNode content = MissingNode.getInstance();

    private RouteFile(String path) {
        this.path = path;
    }

    /** Reads a file; what is no YAML is among its {@link #problems()}. */
    static RouteFile read(RouteSource source) {
        RouteFile file = new RouteFile(source.name());
        file.parse(source.text());
        return file;
    }

    private void parse(String text) {
        try {
            Node root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
            if (root != null) {
                note(root, JsonPointer.empty());
                content = YAML.readTree(text);
            }
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            String context = e.getContext() == null ? "" : ", " + e.getContext();
            problems.add(new RouteProblem(
                    path, line, "not YAML: " + e.getProblem() + context + ". Check indentation and quotes"));
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            problems.add(new RouteProblem(path, line, "not YAML: " + e.getOriginalMessage()));
        }
    }

    private void note(Node node, JsonPointer at) {
        lines.putIfAbsent(at, node.getStartMark().getLine() + 1);
        if (node instanceof MappingNode mapping) {
            Set<String> keys = new HashSet<>();
            for (NodeTuple member : mapping.getValue()) {
                if (member.getKeyNode() instanceof ScalarNode key) {
                    int line = key.getStartMark().getLine() + 1;
                    JsonPointer place = at.appendProperty(key.getValue());
                    lines.put(place, line);
                    if (!keys.add(key.getValue())) {
                        problems.add(
                                new RouteProblem(path, line, "'" + key.getValue() + "' is given twice; remove one"));
                    }
                    note(member.getValueNode(), place);
                }
            }
        } else if (node instanceof SequenceNode sequence) {
            for (int i = 0; i < sequence.getValue().size(); i++) {
                note(sequence.getValue().get(i), at.appendIndex(i));
            }
        }
    }

    String path() {
        return path;
    }

    /** The id that the file's route must have. */
    String expectedId() {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    /** Missing where the file is empty or no YAML. */
    JsonNode content() {
        return content;
    }

    /** The one item that a route file consists of; missing where there is none. */
    JsonNode item() {
        return content.isArray() && content.size() == 1 ? content.get(0) : MissingNode.getInstance();
    }

    /** The route or route configuration; missing where there is none. */
    JsonNode definition() {
        JsonNode item = item();
        return item.has("route") ? item.get("route") : item.path("routeConfiguration");
    }

    /** Where {@link #definition()} stands. */
    JsonPointer definitionAt() {
        return JsonPointer.compile(item().has("route") ? "/0/route" : "/0/routeConfiguration");
    }

    /** The order of loading: error handling, then routes that others call, then those that consume. */
    int rank() {
        if (item().has("routeConfiguration")) {
            return 0;
        }
        return definition().path("from").path("uri").asText().startsWith("direct:") ? 1 : 2;
    }

    /** What was wrong with it as YAML. */
    List<RouteProblem> problems() {
        return problems;
    }

    /** A problem at a place, or at the nearest place around it that has a line. */
    RouteProblem problem(JsonPointer at, String text) {
        JsonPointer place = at;
        while (place != null && !lines.containsKey(place)) {
            place = place.head();
        }
        return new RouteProblem(path, place == null ? 1 : lines.get(place), text);
    }
}
