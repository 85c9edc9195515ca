package io.cioroutes.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpAuthenticationException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Declares every {@link Declarables} and {@link Declarable} bean, at the start and again on each new connection.
 *
 * <p>Spring's own {@code RabbitAdmin} stops at the first refusal, tries it five times and fails the connection over it.
 * Here all refusals are collected into one message. At the start they stop the service; later, when consumers are at
 * work, they are logged once and the work goes on.
 */
class TopologyDeclarer implements ConnectionListener, SmartLifecycle, BrokerStatus {
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
        connections.addConnectionListener(this);
        connect();
        if (refusal != null) {
            throw refusal;
        }
        running = true;
        if (!declared) {
            LOG.warn(
                    "{} The service starts all the same; it tries again every {} s.",
                    problem,
                    properties.declareInterval().toSeconds());
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
    public void onCreate(Connection connection) {
        com.rabbitmq.client.Connection client = connection.getDelegate();
        info = identify(client);
        List<TopologyProblem> problems = declareAll(client, "RabbitMQ".equals(info.product()));
        declared = problems.isEmpty();
        if (declared) {
            settle();
        } else {
            refuse(new TopologyMismatchException(where(), problems));
        }
    }

    private void connectAgain() {
        if (!declared) {
            connect();
        }
        if (declared) {
            retries.shutdown();
        }
    }

    /** Opens a connection, which declares the topology through {@link #onCreate}. */
    private void connect() {
        try {
            connections.createConnection();
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
                client.getAddress().getHostAddress(),
                client.getPort(),
                connections.getVirtualHost(),
                String.valueOf(server.getOrDefault("product", "")),
                String.valueOf(server.getOrDefault("version", "")));
    }

    private List<TopologyProblem> declareAll(com.rabbitmq.client.Connection client, boolean rabbit) {
        List<Declarable> all = Stream.concat(
                        beans.getBeansOfType(Declarable.class).values().stream(),
                        beans.getBeansOfType(Declarables.class).values().stream()
                                .flatMap(group -> group.getDeclarables().stream()))
                .toList();
        List<TopologyProblem> problems = new ArrayList<>();
        // Dead-letter targets first: Qpid wants them to exist. An exchange is one, and so is a queue without any.
        declare(client, all, Exchange.class, problems, TopologyDeclarer::declareExchange);
        Stream<Queue> queues = all.stream().filter(Queue.class::isInstance).map(Queue.class::cast);
        List<Queue> sorted = queues.sorted((a, b) -> Boolean.compare(deadLetters(a), deadLetters(b)))
                .map(queue -> rabbit ? queue : QpidArguments.translate(queue))
                .toList();
        declare(client, sorted, Queue.class, problems, TopologyDeclarer::declareQueue);
        declare(client, all, Binding.class, problems, TopologyDeclarer::declareBinding);
        return problems;
    }

    private static boolean deadLetters(Queue queue) {
        return queue.getArguments().containsKey("x-dead-letter-exchange");
    }

    private <T> void declare(
            com.rabbitmq.client.Connection client,
            List<? extends Declarable> all,
            Class<T> type,
            List<TopologyProblem> problems,
            Declaration<T> declaration) {
        Channel channel = null;
        try {
            for (Declarable declarable : all) {
                if (!type.isInstance(declarable)) {
                    continue;
                }
                if (channel == null || !channel.isOpen()) {
                    channel = client.createChannel();
                }
                try {
                    declaration.on(channel, type.cast(declarable));
                } catch (IOException e) {
                    problems.add(problem(describe(declarable), e));
                }
            }
            if (channel != null && channel.isOpen()) {
                channel.close();
            }
        } catch (IOException | TimeoutException e) {
            throw RabbitExceptionTranslator.convertRabbitAccessException(e);
        }
    }

    /** What the broker said when it closed the channel. Any other failure concerns the connection and is thrown on. */
    private static TopologyProblem problem(String subject, IOException failure) throws IOException {
        if (failure.getCause() instanceof ShutdownSignalException signal
                && !signal.isHardError()
                && signal.getReason() instanceof AMQP.Channel.Close close) {
            return TopologyProblem.of(subject, close.getReplyCode(), close.getReplyText());
        }
        throw failure;
    }

    private static String describe(Declarable declarable) {
        if (declarable instanceof Exchange exchange) {
            return "exchange " + exchange.getName();
        }
        if (declarable instanceof Queue queue) {
            return "queue " + queue.getName();
        }
        Binding binding = (Binding) declarable;
        return "binding of " + binding.getDestination() + " to " + binding.getExchange();
    }

    private static void declareExchange(Channel channel, Exchange exchange) throws IOException {
        channel.exchangeDeclare(
                exchange.getName(),
                exchange.getType(),
                exchange.isDurable(),
                exchange.isAutoDelete(),
                exchange.isInternal(),
                exchange.getArguments());
    }

    private static void declareQueue(Channel channel, Queue queue) throws IOException {
        channel.queueDeclare(
                queue.getName(), queue.isDurable(), queue.isExclusive(), queue.isAutoDelete(), queue.getArguments());
    }

    private static void declareBinding(Channel channel, Binding binding) throws IOException {
        if (!binding.isDestinationQueue()) {
            throw new IllegalArgumentException("Exchange " + binding.getDestination() + " is bound to exchange "
                    + binding.getExchange() + ", which the embedded broker cannot do: bind queues only.");
        }
        channel.queueBind(
                binding.getDestination(), binding.getExchange(), binding.getRoutingKey(), binding.getArguments());
    }

    /** The broker's words when it refused the login or the virtual host. */
    private static Optional<String> loginRefused(AmqpException failure) {
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

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private String where() {
        return info.host() + ":" + info.port();
    }

    @FunctionalInterface
    private interface Declaration<T> {
        void on(Channel channel, T declarable) throws IOException;
    }
}
