package io.cioroutes.broker;

/** The service's exchanges, queues and bindings on the broker. */
public interface Topology {

    /**
     * Declares everything once more: what was added or deleted meanwhile. What the broker refuses is reported as at the
     * start of a connection.
     *
     * @throws org.springframework.amqp.AmqpException if the broker cannot be reached; the next connection declares it
     */
    void declareAgain();
}
