package io.cioroutes.broker;

import java.util.Optional;

/** What is known about the broker right now, for the banner, health and diagnosis. */
public interface BrokerStatus {
    /** Which broker this is; what only a connection can tell is empty until the first one was made. */
    BrokerInfo info();

    /** Whether every exchange, queue and binding was declared on the current or latest connection. */
    boolean topologyDeclared();

    /**
     * Why the topology is not declared: the broker cannot be reached, refuses the service, or has other queues.
     *
     * @return one message for people; empty while all is well or nothing was tried yet
     */
    Optional<String> problem();
}
