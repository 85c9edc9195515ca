package io.cioroutes.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpAuthenticationException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Declares every {@link Declarables} and {@link Declarable} bean, at the start and again on each new connection.
 *
 * <p>Spring's own {@code RabbitAdmin} stops at the first refusal, tries it five times and fails the connection over it.
 * Here all refusals are collected into one message. At the start they stop the service; later, when consumers are at
 * work, they are logged once and the work goes on.
 */
class TopologyDeclarer implements ConnectionListener, SmartLifecycle, BrokerStatus, Topology {
    private static final Logger LOG = LoggerFactory.getLogger(TopologyDeclarer.class);

    private final ConnectionFactory connections;
    private final ListableBeanFactory beans;
    private final BrokerProperties properties;
    private final boolean embedded;

    private volatile BrokerInfo info;
    private volatile boolean declared;
    private volatile BrokerSetupException refusal;
    private volatile String problem;
    private volatile boolean running;
    private volatile boolean away;
    private ScheduledExecutorService retries;

    TopologyDeclarer(
            ConnectionFactory connections, ListableBeanFactory beans, BrokerProperties properties, boolean embedded) {
        this.connections = connections;
        this.beans = beans;
        this.properties = properties;
        this.embedded = embedded;
        this.info = new BrokerInfo(
                embedded, connections.getHost(), connections.getPort(), connections.getVirtualHost(), "", "");
    }

    @Override
    public BrokerInfo info() {
        return info;
    }

    @Override
    public boolean topologyDeclared() {
        return declared;
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Before everything else that has a life cycle: consumers find their queues, and a refusal stops a clean start. */
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void start() {
        // Another bean may have connected already; then the topology is declared on that connection.
        attempt(() -> connections.addConnectionListener(this));
        attempt(connections::createConnection);
        if (refusal != null) {
            throw refusal;
        }
        running = true;
        if (!declared) {
            LOG.warn("{} The service starts all the same and keeps trying.", problem);
            long millis = properties.declareInterval().toMillis();
            retries = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "broker-topology");
                thread.setDaemon(true);
                return thread;
            });
            retries.scheduleWithFixedDelay(this::connectAgain, millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void stop() {
        running = false;
        connections.removeConnectionListener(this);
        if (retries != null) {
            retries.shutdownNow();
        }
    }

    /** Called on each new connection, before whoever asked for it can use it. */
    @Override
    public synchronized void onCreate(Connection connection) {
        com.rabbitmq.client.Connection client = connection.getDelegate();
        info = identify(client);
        if (away) {
            away = false;
            LOG.info("Connected to the broker again ({}).", info);
        }
        boolean rabbit = "RabbitMQ".equals(info.product());
        List<TopologyProblem> problems = new TopologyDeclaration(client, rabbit).declare(declarables());
        declared = problems.isEmpty();
        if (declared) {
            settle();
        } else {
            refuse(new TopologyMismatchException(where(), problems));
        }
    }

    /** Said once for all connections: they end together, and everybody who uses them connects again. */
    @Override
    public void onShutDown(ShutdownSignalException signal) {
        if (running && !away && signal.isHardError() && !signal.isInitiatedByApplication()) {
            away = true;
            LOG.warn(
                    "The connection to the broker at {} has ended ({}). Messages wait there; the service connects again"
                            + " by itself.",
                    where(),
                    rootMessage(signal));
        }
    }

    @Override
    public void declareAgain() {
        onCreate(connections.createConnection());
    }

    private void connectAgain() {
        if (declared) {
            retries.shutdown();
            return;
        }
        try {
            attempt(connections::createConnection);
        } catch (RuntimeException e) {
            // Thrown on, it would end the attempts without a word.
            LOG.error("Declaring on the broker at {} failed", where(), e);
        }
    }

    /** Does what makes or finds a connection, on which {@link #onCreate} declares the topology. */
    private void attempt(Runnable connecting) {
        try {
            connecting.run();
        } catch (AmqpException e) {
            Optional<String> reply = loginRefused(e);
            if (reply.isPresent()) {
                refuse(new BrokerAccessException(where(), reply.get(), e));
            } else {
                problem = "The broker at " + where() + " cannot be reached (" + rootMessage(e) + ").";
            }
        }
    }

    private void settle() {
        if (refusal != null || problem != null) {
            LOG.info("The broker now has everything that the service declares ({}).", info);
        } else {
            LOG.debug("Topology declared on {}.", info);
        }
        refusal = null;
        problem = null;
    }

    private void refuse(BrokerSetupException next) {
        boolean known = refusal != null && refusal.getMessage().equals(next.getMessage());
        refusal = next;
        problem = next.getMessage();
        if (running && !known) {
            LOG.error("{}\n{}", next.getMessage(), next.action());
        }
    }

    private BrokerInfo identify(com.rabbitmq.client.Connection client) {
        Map<String, Object> server = client.getServerProperties();
        return new BrokerInfo(
                embedded,
                hostName(client.getAddress()),
                client.getPort(),
                connections.getVirtualHost(),
                String.valueOf(server.getOrDefault("product", "")),
                String.valueOf(server.getOrDefault("version", "")));
    }

    /** The name that was connected to, or the address if there was none; asks no name server. */
    private static String hostName(InetAddress address) {
        String name = address.toString().replaceFirst("/.*", "");
        return name.isEmpty() ? address.getHostAddress() : name;
    }

    private List<Declarable> declarables() {
        return Stream.concat(
                        beans.getBeansOfType(Declarable.class).values().stream(),
                        beans.getBeansOfType(Declarables.class).values().stream()
                                .flatMap(group -> group.getDeclarables().stream()))
                .toList();
    }

    /** The broker's words when it refused the login or the virtual host. */
    static Optional<String> loginRefused(AmqpException failure) {
        if (failure instanceof AmqpAuthenticationException) {
            return Optional.of("user or password is wrong, or the user may not connect from here");
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException signal) {
                Method reason = signal.getReason();
                if (reason instanceof AMQP.Connection.Close close
                        && (close.getReplyCode() == AMQP.NOT_ALLOWED || close.getReplyCode() == AMQP.ACCESS_REFUSED)) {
                    return Optional.of(close.getReplyText());
                }
            }
        }
        return Optional.empty();
    }

    /** The words of the innermost cause. */
    static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private String where() {
        return info.host() + ":" + info.port();
    }
}
