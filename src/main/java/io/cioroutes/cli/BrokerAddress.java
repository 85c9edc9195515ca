package io.cioroutes.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Address;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.springframework.boot.autoconfigure.amqp.RabbitProperties;

/** Where the broker is, and who said so. */
public final class BrokerAddress {
    private static final String DEFAULT = "amqp://guest:guest@127.0.0.1:5672";
    private static final int CONNECT_MILLIS = 5_000;
    private static final int NOT_ALLOWED = 530;

    private final ConnectionFactory factory;
    private final List<Address> addresses;
    private final String source;

    private BrokerAddress(ConnectionFactory factory, List<Address> addresses, String source) {
        this.factory = factory;
        this.addresses = addresses;
        this.source = source;
    }

    /**
     * Finds the broker: the given URI, else what the environment says to Spring ({@code SPRING_RABBITMQ_*}), else the
     * local service's own broker ({@code broker.json} in {@code CIO_LOCAL_DIRECTORY}, by default {@code data}), else
     * {@value #DEFAULT}.
     *
     * @param uri may be null
     * @param environment environment variables
     */
    public static BrokerAddress find(String uri, Map<String, String> environment) {
        if (uri != null) {
            return ofUri(uri, "--uri");
        }
        if (environment.keySet().stream().anyMatch(name -> name.startsWith("SPRING_RABBITMQ_"))) {
            return of(SpringBroker.read(environment), "SPRING_RABBITMQ_*");
        }
        Path local = Path.of(environment.getOrDefault("CIO_LOCAL_DIRECTORY", "data"), "broker.json");
        return ofLocalBroker(local).orElseGet(() -> ofUri(DEFAULT, "the default"));
    }

    /**
     * The broker that a running service uses.
     *
     * @param properties the service's settings
     * @param source who said so, for messages
     */
    public static BrokerAddress of(RabbitProperties properties, String source) {
        return new BrokerAddress(SpringBroker.factory(properties), SpringBroker.addresses(properties), source);
    }

    private static Optional<BrokerAddress> ofLocalBroker(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            String uri = new ObjectMapper().readTree(file.toFile()).path("uri").asText();
            return Optional.of(ofUri(uri, file.toString()));
        } catch (IOException e) {
            throw CliException.usage(file + " cannot be read: " + CliException.text(e), e);
        }
    }

    private static BrokerAddress ofUri(String uri, String source) {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            factory.setUri(uri);
            if (factory.isSSL()) {
                // setUri would trust every certificate.
                factory.useSslProtocol(SSLContext.getDefault());
                factory.enableHostnameVerification();
            }
        } catch (Exception e) {
            // Its own message may hold the URI, and so the password.
            throw CliException.usage(
                    "The broker URI of " + source + " is not valid. It looks like amqp://user:password@host:5672/vhost,"
                            + " or amqps://… for TLS.",
                    null);
        }
        return new BrokerAddress(factory, List.of(new Address(factory.getHost(), factory.getPort())), source);
    }

    /**
     * Connects, without recovery: who publishes must hear of a lost connection.
     *
     * @param name what the broker shows this connection as
     */
    public Connection connect(String name) {
        factory.setAutomaticRecoveryEnabled(false);
        factory.setConnectionTimeout(CONNECT_MILLIS);
        factory.setHandshakeTimeout(CONNECT_MILLIS);
        try {
            return factory.newConnection(addresses, name);
        } catch (AuthenticationFailureException e) {
            throw failed(
                    "The broker at " + hosts() + " refuses user '" + factory.getUsername() + "' or the password (from "
                            + source + "). N",
                    e);
        } catch (IOException | TimeoutException e) {
            throw failed(
                    notAllowed(e)
                            ? "The broker at " + hosts() + " has no virtual host '" + factory.getVirtualHost()
                                    + "', or user '" + factory.getUsername() + "' may not use it (from " + source
                                    + "). N"
                            : "Cannot reach a broker at " + hosts() + " (from " + source + "): " + CliException.text(e)
                                    + ". Start the service, or n",
                    e);
        }
    }

    private static CliException failed(String what, Exception e) {
        return new CliException(
                CliException.BROKER,
                what + "ame the broker with --uri amqp://user:password@host:5672/vhost or SPRING_RABBITMQ_HOST.",
                e);
    }

    private static boolean notAllowed(Exception e) {
        return e.getCause() instanceof ShutdownSignalException signal
                && signal.getReason() instanceof AMQP.Connection.Close close
                && close.getReplyCode() == NOT_ALLOWED;
    }

    private String hosts() {
        return addresses.stream()
                .map(address -> address.getHost() + ":" + address.getPort())
                .collect(Collectors.joining(", "));
    }

    /** Host, port and virtual host, without the password. */
    @Override
    public String toString() {
        String host = factory.getVirtualHost();
        return "/".equals(host) ? hosts() : hosts() + "/" + host;
    }
}
