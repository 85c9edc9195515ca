package io.cioroutes.routes;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.Route;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over route files that were edited while the service runs. A file is checked first, together with all others; one
 * that is wrong leaves the running route as it was. A route is replaced by stopping its consumer, waiting until what it
 * had begun is settled, and starting the new one; messages that arrive meanwhile wait in their queue.
 *
 * <p>The folders are looked at anew each time: that finds every way in which editors save, on every file system.
 */
final class RouteReload implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RouteReload.class);

    private final ModelCamelContext camel;
    private final RouteCheck check;
    private final List<Path> folders;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "route-reload");
        thread.setDaemon(true);
        return thread;
    });

    /** What runs, by file. */
    private final Map<String, RouteSource> running = new LinkedHashMap<>();

    /** What was looked at last; a file that is wrong is reported once, until it changes. */
    private Map<String, RouteSource> seen;

    private Map<String, RouteSource> before = Map.of();

    /**
     * @param folders where the route files are
     * @param found the files that were there at the start
     * @param loaded those of them that run now
     */
    RouteReload(
            ModelCamelContext camel,
            RouteCheck check,
            List<Path> folders,
            List<RouteSource> found,
            List<RouteSource> loaded) {
        this.camel = camel;
        this.check = check;
        this.folders = folders;
        loaded.forEach(source -> running.put(source.name(), source));
        seen = found.stream().collect(Collectors.toMap(RouteSource::name, source -> source));
    }

    /** Looks at the files again and again. */
    void start(Duration interval) {
        watch.scheduleWithFixedDelay(this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Map<String, RouteSource> now = read();
            // Looked at twice alike: nobody is in the middle of writing.
            if (now.equals(before) && !now.equals(seen)) {
                seen = now;
                takeOver(now);
            }
            before = now;
        } catch (IOException | RuntimeException e) {
            // Thrown on, it would end the watch without a word. A file may vanish while it is being read.
            log.warn("The route files could not be looked at ({}); the next try follows", e.toString());
        }
    }

    private Map<String, RouteSource> read() throws IOException {
        Map<String, RouteSource> now = new LinkedHashMap<>();
        for (Path folder : folders) {
            RouteSource.under(folder).forEach(source -> now.put(source.name(), source));
        }
        return now;
    }

    private void takeOver(Map<String, RouteSource> now) {
        Map<String, List<RouteProblem>> problems = check.check(now.values()).stream()
                .collect(Collectors.groupingBy(RouteProblem::file, LinkedHashMap::new, Collectors.toList()));
        for (String file : List.copyOf(running.keySet())) {
            if (!now.containsKey(file)) {
                remove(file);
            }
        }
        List<RouteSource> changed = now.values().stream()
                .filter(source -> !source.equals(running.get(source.name())))
                .sorted(Comparator.comparing(source -> RouteFile.read(source).rank()))
                .toList();
        for (RouteSource source : changed) {
            List<RouteProblem> wrong = problems.getOrDefault(source.name(), List.of());
            if (wrong.isEmpty()) {
                replace(source);
            } else {
                wrong.forEach(problem -> log.error("Routes: {}", problem));
                log.error(
                        "{} was not taken over; {}",
                        source.name(),
                        running.containsKey(source.name())
                                ? "the route runs as before"
                                : "correct it and save it again");
            }
        }
    }

    private void remove(String file) {
        String id = id(file);
        try {
            change(id, () -> stop(id));
            running.remove(file);
            log.info("Route {} is gone, as its file is", id);
        } catch (Exception e) {
            log.error("Route {} could not be stopped; its file is gone, it still runs", id, e);
        }
    }

    private void replace(RouteSource source) {
        String id = id(source.name());
        RouteSource before = running.get(source.name());
        long begin = System.nanoTime();
        try {
            boolean configuration = !camel.getRouteConfigurationDefinitions().stream()
                    .filter(definition -> id.equals(definition.getId()))
                    .toList()
                    .isEmpty();
            if (configuration) {
                log.error(
                        "{} is the error handling of other routes and is read at the start: restart the service",
                        source.name());
                return;
            }
            change(id, () -> {
                stop(id);
                try {
                    load(source);
                } catch (Exception e) {
                    restore(id, before);
                    throw e;
                }
            });
            running.put(source.name(), source);
            log.info(
                    "Route {} {} from {} in {} ms",
                    id,
                    before == null ? "added" : "reloaded",
                    source.name(),
                    (System.nanoTime() - begin) / 1_000_000);
        } catch (Exception e) {
            log.error("{} could not be taken over: {}", source.name(), rootMessage(e));
        }
    }

    private interface Change {
        void make() throws Exception;
    }

    /**
     * Changes a route. One that others call may hold messages of theirs (a batch that fills): then all consumers stop
     * first, each after what it has begun is settled, and start again afterwards.
     */
    private void change(String id, Change change) throws Exception {
        Route route = camel.getRoute(id);
        boolean called = route != null && !(route.getEndpoint() instanceof SpringRabbitMQEndpoint);
        List<String> consumers = !called
                ? List.of()
                : camel.getRoutes().stream()
                        .filter(other -> other.getEndpoint() instanceof SpringRabbitMQEndpoint)
                        .map(Route::getRouteId)
                        .filter(other ->
                                camel.getRouteController().getRouteStatus(other).isStarted())
                        .toList();
        try {
            for (String consumer : consumers) {
                camel.getRouteController().stopRoute(consumer);
            }
            change.make();
        } finally {
            consumers.forEach(this::startAgain);
        }
    }

    /** One that does not start must not keep the others from it. */
    private void startAgain(String consumer) {
        try {
            camel.getRouteController().startRoute(consumer);
        } catch (Exception e) {
            log.error("Route {} could not be started again; start it in Hawtio, or restart the service", consumer, e);
        }
    }

    private void restore(String id, RouteSource before) {
        try {
            stop(id);
            if (before != null) {
                load(before);
                log.error("Route {} runs as before", id);
            }
        } catch (Exception e) {
            log.error("Route {} could not be put back; correct its file, or restart the service", id, e);
        }
    }

    private void load(RouteSource source) throws Exception {
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString(source.name(), source.text()));
    }

    private void stop(String id) throws Exception {
        if (camel.getRoute(id) != null) {
            camel.getRouteController().stopRoute(id);
            if (!camel.removeRoute(id)) {
                throw new IllegalStateException("the route " + id + " does not stop");
            }
        }
        RouteDefinition left = camel.getRouteDefinition(id);
        if (left != null) {
            camel.removeRouteDefinition(left);
        }
    }

    private static String id(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return name.substring(0, name.length() - RouteFile.SUFFIX.length());
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.toString();
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
