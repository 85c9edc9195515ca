package io.cioroutes.routes;

import java.util.List;
import java.util.stream.Collectors;

/** Route files are wrong, and the service must not start without them. The message names all that is wrong. */
public final class RouteFilesException extends RuntimeException {

    RouteFilesException(List<RouteProblem> problems) {
        super(problems.stream().map(RouteProblem::toString).collect(Collectors.joining(System.lineSeparator())));
    }
}
