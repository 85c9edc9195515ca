package io.cioroutes.broker;

/** The service cannot work with its broker as it is set up: says what is wrong and what to do about it. */
public class BrokerSetupException extends RuntimeException {
    private final String action;

    BrokerSetupException(String description, String action, Throwable cause) {
        super(description, cause);
        this.action = action;
    }

    /** What the person who runs the service should do. */
    public String action() {
        return action;
    }
}
