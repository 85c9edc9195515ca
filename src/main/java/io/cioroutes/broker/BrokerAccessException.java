package io.cioroutes.broker;

/** The broker answers but does not let the service in: wrong user, wrong password, or no such virtual host. */
public class BrokerAccessException extends BrokerSetupException {
    BrokerAccessException(String where, String reply, Throwable cause) {
        super(
                "The broker at " + where + " refuses the service: " + reply,
                "Check spring.rabbitmq.username, spring.rabbitmq.password and spring.rabbitmq.virtual-host,"
                        + " and that the user has permissions on that virtual host"
                        + " (rabbitmqctl set_permissions -p VHOST USER \".*\" \".*\" \".*\").",
                cause);
    }
}
