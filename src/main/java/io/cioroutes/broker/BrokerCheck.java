package io.cioroutes.broker;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.ShutdownSignalException;
import io.cioroutes.doctor.Check;
import io.cioroutes.doctor.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;

/**
 * Whether the broker can be reached, lets the service do what it must, and has the topology that the service declares.
 * Makes nothing, and leaves every message where it is.
 */
public final class BrokerCheck implements Check {

    private static final String START = "Start the service: it declares them.";

    private final Environment environment;
    private final ObjectProvider<ConnectionFactory> connections;
    private final ListableBeanFactory beans;

    /**
     * @param environment with the derived settings
     * @param connections to the broker of the settings
     * @param beans with the {@link Declarables} of the topology
     */
    public BrokerCheck(
            Environment environment, ObjectProvider<ConnectionFactory> connections, ListableBeanFactory beans) {
        this.environment = environment;
        this.connections = connections;
        this.beans = beans;
    }

    @Override
    public String area() {
        return "broker";
    }

    @Override
    public List<Finding> findings() {
        if (!EmbeddedBrokerInitializer.wanted(environment)) {
            return examine(connections.getObject());
        }
        Path file = Path.of(environment.getProperty("cio.local.directory", "data"), "broker.json");
        if (!Files.exists(file)) {
            return List.of(Finding.ok(area(), "no broker is named: the local profile brings its own when it starts"));
        }
        CachingConnectionFactory local = new CachingConnectionFactory();
        try {
            local.setUri(new JsonMapper().readTree(file.toFile()).path("uri").asText());
            return examine(local);
        } catch (IOException e) {
            return List.of(Finding.problem(area(), file + " cannot be read: " + e.getMessage(), "Remove it."));
        } finally {
            local.destroy();
        }
    }

    private List<Finding> examine(ConnectionFactory factory) {
        try {
            Connection connection = factory.createConnection().getDelegate();
            Map<String, Object> server = connection.getServerProperties();
            String product = String.valueOf(server.getOrDefault("product", "broker"));
            List<Finding> findings = new ArrayList<>();
            findings.add(Finding.ok(
                    area(),
                    product + " " + server.getOrDefault("version", "") + " answers at " + where(factory)
                            + ", virtual host " + factory.getVirtualHost()));
            topology(connection, "RabbitMQ".equals(product), findings);
            return findings;
        } catch (AmqpException e) {
            return List.of(unreachable(factory, e));
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            return List.of(Finding.problem(
                    area(), "the connection was lost: " + TopologyDeclarer.rootMessage(e), "Look again."));
        }
    }

    private static String where(ConnectionFactory factory) {
        return factory.getHost() + ":" + factory.getPort();
    }

    private Finding unreachable(ConnectionFactory factory, AmqpException e) {
        Optional<String> refused = TopologyDeclarer.loginRefused(e);
        if (refused.isPresent()) {
            BrokerSetupException access = new BrokerAccessException(where(factory), refused.get(), e);
            return Finding.problem(area(), access.getMessage(), access.action());
        }
        return Finding.problem(
                area(),
                "the broker at " + where(factory) + " cannot be reached (" + TopologyDeclarer.rootMessage(e) + ")",
                "Is it running, and is SPRING_RABBITMQ_ADDRESSES right? Check firewalls, and TLS: amqps:// or not.");
    }

    private void topology(Connection connection, boolean rabbit, List<Finding> findings)
            throws IOException, TimeoutException {
        List<Declarable> there = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Declarable declarable : declarables()) {
            String name;
            AMQP.Channel.Close absent;
            if (declarable instanceof Exchange exchange) {
                name = "exchange " + exchange.getName();
                absent = refusal(connection, channel -> channel.exchangeDeclarePassive(exchange.getName()));
            } else if (declarable instanceof Queue queue) {
                name = "queue " + queue.getName();
                absent = refusal(connection, channel -> channel.queueDeclarePassive(queue.getName()));
            } else {
                // No broker can be asked for a binding; the service makes them on each new connection.
                continue;
            }
            if (absent == null) {
                there.add(declarable);
            } else {
                missing.add(name);
            }
        }
        if (!missing.isEmpty()) {
            findings.add(Finding.warning(
                    area(),
                    missing.size() + " of " + (missing.size() + there.size()) + " exchanges and queues do not exist: "
                            + String.join(", ", missing),
                    START));
        }
        // What exists already is not changed by declaring it: the broker compares the arguments, and checks the right.
        List<TopologyProblem> problems = new TopologyDeclaration(connection, rabbit).declare(there);
        if (!problems.isEmpty()) {
            TopologyMismatchException mismatch = new TopologyMismatchException("", problems);
            problems.forEach(problem -> findings.add(Finding.problem(area(), problem.text(), mismatch.action())));
        }
        permissions(connection, rabbit, there, findings);
        if (findings.size() == 1) {
            findings.add(Finding.ok(
                    area(),
                    there.size() + " exchanges and queues as expected; may be declared, published to, consumed"));
        }
    }

    private void permissions(Connection connection, boolean rabbit, List<Declarable> there, List<Finding> findings)
            throws IOException, TimeoutException {
        List<String> refused = new ArrayList<>();
        refused(refused, "publishing to the default exchange", publishing(connection, ""));
        for (Declarable declarable : there) {
            if (declarable instanceof Exchange exchange) {
                refused(
                        refused,
                        "publishing to exchange " + exchange.getName(),
                        publishing(connection, exchange.getName()));
            } else if (rabbit && declarable instanceof Queue queue) {
                refused(refused, "consuming from queue " + queue.getName(), consuming(connection, queue.getName()));
            }
        }
        if (!refused.isEmpty()) {
            findings.add(Finding.problem(
                    area(),
                    "not allowed: " + String.join(", ", refused),
                    "Allow it: rabbitmqctl set_permissions -p VHOST USER " + TopologyMismatchException.PERMISSIONS));
        }
    }

    private static void refused(List<String> refused, String what, AMQP.Channel.Close refusal) {
        if (refusal != null && refusal.getReplyCode() == AMQP.ACCESS_REFUSED) {
            refused.add(what);
        }
    }

    /** The broker checks the right at once, but routes the message only at a commit, which does not come. */
    private static AMQP.Channel.Close publishing(Connection connection, String exchange)
            throws IOException, TimeoutException {
        return refusal(connection, channel -> {
            channel.txSelect();
            channel.basicPublish(exchange, "doctor", null, "nobody gets this".getBytes(StandardCharsets.US_ASCII));
            channel.txRollback();
        });
    }

    /** RabbitMQ checks the right first, and then refuses a priority that is no number: nothing is ever delivered. */
    private static AMQP.Channel.Close consuming(Connection connection, String queue)
            throws IOException, TimeoutException {
        return refusal(connection, channel -> {
            // Should it be taken all the same, it gets one message at most, which goes back with the channel.
            channel.basicQos(1);
            channel.basicConsume(
                    queue, false, "", false, false, Map.of("x-priority", "none"), new DefaultConsumer(channel));
        });
    }

    /** Why the broker closed the channel over this, or null. Any other failure concerns the connection. */
    private static AMQP.Channel.Close refusal(Connection connection, Asking asking)
            throws IOException, TimeoutException {
        Channel channel = connection.createChannel();
        try {
            asking.ask(channel);
            channel.close();
            return null;
        } catch (IOException e) {
            if (e.getCause() instanceof ShutdownSignalException signal
                    && signal.getReason() instanceof AMQP.Channel.Close close) {
                return close;
            }
            throw e;
        } catch (ShutdownSignalException e) {
            if (e.getReason() instanceof AMQP.Channel.Close close) {
                return close;
            }
            throw e;
        }
    }

    private List<Declarable> declarables() {
        return Stream.concat(
                        beans.getBeansOfType(Declarable.class).values().stream(),
                        beans.getBeansOfType(Declarables.class).values().stream()
                                .flatMap(group -> group.getDeclarables().stream()))
                .toList();
    }

    @FunctionalInterface
    private interface Asking {
        void ask(Channel channel) throws IOException;
    }
}
