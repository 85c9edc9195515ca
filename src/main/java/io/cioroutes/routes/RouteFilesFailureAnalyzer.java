package io.cioroutes.routes;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Turns a {@link RouteFilesException} into one clear message instead of a stack trace. */
final class RouteFilesFailureAnalyzer extends AbstractFailureAnalyzer<RouteFilesException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RouteFilesException cause) {
        return new FailureAnalysis(
                "Route files are wrong:" + System.lineSeparator() + cause.getMessage(),
                "Correct them and start again. 'cio validate' finds the same without a start.",
                cause);
    }
}
