package io.cioroutes.broker;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints a {@link BrokerSetupException} as description and action, in place of a stack trace. */
class BrokerSetupFailureAnalyzer extends AbstractFailureAnalyzer<BrokerSetupException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, BrokerSetupException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
