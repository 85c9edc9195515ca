package io.cioroutes.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.boot.CamelSpringBootRoutesCollector;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;

/**
 * Gives Camel the route files that are right. One that is not would end the start with a stack trace: Camel loads all of
 * them or none.
 */
final class CheckedRoutes extends CamelSpringBootRoutesCollector {

    private static final Logger log = LoggerFactory.getLogger(CheckedRoutes.class);

    /** What becomes of a start with files that are wrong. */
    enum Broken {
        /** They are left out, and with them those that need them: somebody is about to correct them. */
        SKIP,
        /** The service does not start: nobody may be looking, and a route would be missing. */
        REFUSE
    }

    private final RouteCheck check;
    private final Broken broken;
    private boolean fromFolders;
    private List<RouteSource> found = List.of();
    private List<RouteSource> loaded = List.of();

    CheckedRoutes(ApplicationContext context, RouteCheck check, Broken broken) {
        super(context, false);
        this.check = check;
        this.broken = broken;
    }

    @Override
    public Collection<RoutesBuilder> collectRoutesFromDirectory(CamelContext camel, String exclude, String patterns) {
        if (patterns == null || RouteSource.folders(patterns).isEmpty()) {
            // Those in the jar were checked by the build.
            return super.collectRoutesFromDirectory(camel, exclude, patterns);
        }
        fromFolders = true;
        try {
            found = RouteSource.matching(patterns);
            loaded = sound(found);
            // What was checked is what is loaded, whatever becomes of the files meanwhile.
            List<Resource> resources = loaded.stream()
                    .map(source -> ResourceHelper.fromString(source.name(), source.text()))
                    .toList();
            return PluginHelper.getRoutesLoader(camel).findRoutesBuilders(resources);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }

    /** Those that can run together: without a file that is wrong, others may miss what they call. */
    private List<RouteSource> sound(List<RouteSource> sources) {
        List<RouteSource> rest = new ArrayList<>(sources);
        List<RouteProblem> problems = check.check(rest);
        if (!problems.isEmpty() && broken == Broken.REFUSE) {
            throw new RouteFilesException(problems);
        }
        while (!problems.isEmpty()) {
            problems.forEach(problem -> log.error("Routes: {}", problem));
            Set<String> wrong = problems.stream().map(RouteProblem::file).collect(Collectors.toSet());
            rest.removeIf(source -> wrong.contains(source.name()));
            wrong.stream().sorted().forEach(file -> log.error("{} was left out; correct it and save it again", file));
            problems = check.check(rest);
        }
        return List.copyOf(rest);
    }

    /** Whether the routes came from folders, not from the jar: then files may be changed. */
    boolean fromFolders() {
        return fromFolders;
    }

    /** Every file that was there at the start. */
    List<RouteSource> found() {
        return found;
    }

    /** Those that were loaded. */
    List<RouteSource> loaded() {
        return loaded;
    }
}
