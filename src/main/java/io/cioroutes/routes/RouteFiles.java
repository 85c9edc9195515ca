package io.cioroutes.routes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.model.ModelCamelContext;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The files that the routes are loaded from: one route or one route configuration each, named like its file. */
final class RouteFiles {

    private static final String SUFFIX = ".camel.yaml";

    private RouteFiles() {}

    /** The id that each file must yield: its name without {@value #SUFFIX}. */
    static List<String> ids(String patterns) throws IOException {
        List<String> ids = new ArrayList<>();
        var resolver = new PathMatchingResourcePatternResolver();
        for (String pattern : patterns.split(",")) {
            // With the star, a folder that is not there is an empty one.
            for (Resource file : resolver.getResources(pattern.replaceFirst("^classpath:", "classpath*:"))) {
                String name = file.getFilename();
                if (name != null && name.endsWith(SUFFIX)) {
                    ids.add(name.substring(0, name.length() - SUFFIX.length()));
                }
            }
        }
        return ids.stream().sorted().toList();
    }

    /**
     * What is wrong with the loaded routes, in words: Camel passes over a YAML file whose top level has the wrong shape
     * without a word.
     */
    static List<String> problems(ModelCamelContext context, String patterns) throws IOException {
        List<String> loaded = new ArrayList<>();
        context.getRouteDefinitions().forEach(route -> loaded.add(route.getId()));
        context.getRouteConfigurationDefinitions().forEach(configuration -> loaded.add(configuration.getId()));
        List<String> expected = ids(patterns);
        List<String> problems = new ArrayList<>();
        for (String id : expected) {
            if (!loaded.contains(id)) {
                problems.add(
                        id + SUFFIX + " yields no route of the id '" + id
                                + "': the file must be a list whose one item is a `route:` or `routeConfiguration:` of that id");
            }
        }
        for (String id : loaded) {
            if (!expected.contains(id)) {
                problems.add("route '" + id + "' stands in a file of another name: it belongs into " + id + SUFFIX);
            }
        }
        if (expected.isEmpty()) {
            problems.add("no route file was found under " + Arrays.toString(patterns.split(",")));
        }
        return problems;
    }
}
