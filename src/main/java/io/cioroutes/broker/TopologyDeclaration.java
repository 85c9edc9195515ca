package io.cioroutes.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;

/** One pass over everything that is to be declared, on one connection. Goes on after a refusal and collects them. */
class TopologyDeclaration {
    private final Connection connection;
    private final boolean rabbit;
    private final List<TopologyProblem> problems = new ArrayList<>();
    private final Set<String> refused = new HashSet<>();
    private Channel channel;

    /**
     * Prepares a pass.
     *
     * @param connection an open connection
     * @param rabbit whether it leads to RabbitMQ; otherwise queue arguments are translated for Qpid
     */
    TopologyDeclaration(Connection connection, boolean rabbit) {
        this.connection = connection;
        this.rabbit = rabbit;
    }

    /**
     * Declares exchanges, then queues, then bindings.
     *
     * @return what the broker refused, empty if nothing
     * @throws AmqpException if the connection failed
     */
    List<TopologyProblem> declare(List<Declarable> all) {
        try {
            for (Exchange exchange : only(Exchange.class, all).toList()) {
                attempt("exchange " + exchange.getName(), exchange.getName(), () -> declare(exchange));
            }
            // Qpid wants dead-letter targets to exist: an exchange is one, and so is a queue that has none itself.
            List<Queue> targetsFirst = only(Queue.class, all)
                    .sorted((a, b) -> Boolean.compare(deadLetters(a), deadLetters(b)))
                    .toList();
            for (Queue queue : targetsFirst) {
                attempt("queue " + queue.getName(), queue.getName(), () -> declare(queue));
            }
            for (Binding binding : only(Binding.class, all).toList()) {
                if (!refused.contains(binding.getExchange()) && !refused.contains(binding.getDestination())) {
                    String subject = "binding of " + binding.getDestination() + " to " + binding.getExchange();
                    attempt(subject, subject, () -> declare(binding));
                }
            }
            if (channel != null && channel.isOpen()) {
                channel.close();
            }
            return problems;
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            throw RabbitExceptionTranslator.convertRabbitAccessException(e);
        }
    }

    private void attempt(String subject, String name, Declaring declaring) throws IOException {
        if (channel == null || !channel.isOpen()) {
            channel = connection.createChannel();
        }
        try {
            declaring.run();
        } catch (IOException e) {
            problems.add(problem(subject, e));
            refused.add(name);
        }
    }

    /** What the broker said when it closed the channel. Any other failure concerns the connection and is thrown on. */
    private static TopologyProblem problem(String subject, IOException failure) throws IOException {
        if (failure.getCause() instanceof ShutdownSignalException signal
                && signal.getReason() instanceof AMQP.Channel.Close close) {
            return new TopologyProblem(subject, close.getReplyCode(), close.getReplyText());
        }
        throw failure;
    }

    private void declare(Exchange exchange) throws IOException {
        channel.exchangeDeclare(
                exchange.getName(),
                exchange.getType(),
                exchange.isDurable(),
                exchange.isAutoDelete(),
                exchange.isInternal(),
                exchange.getArguments());
    }

    private void declare(Queue declared) throws IOException {
        if (declared instanceof FlowTopology.OthersQueue && exists(declared.getName())) {
            return;
        }
        Queue queue = rabbit ? declared : QpidArguments.translate(declared);
        channel.queueDeclare(
                queue.getName(), queue.isDurable(), queue.isExclusive(), queue.isAutoDelete(), queue.getArguments());
    }

    private boolean exists(String queue) throws IOException {
        try {
            channel.queueDeclarePassive(queue);
            return true;
        } catch (IOException e) {
            if (problem("queue " + queue, e).replyCode() != AMQP.NOT_FOUND) {
                throw e;
            }
            channel = connection.createChannel();
            return false;
        }
    }

    private void declare(Binding binding) throws IOException {
        if (!binding.isDestinationQueue()) {
            throw new IllegalArgumentException("Exchange " + binding.getDestination() + " is bound to exchange "
                    + binding.getExchange() + ", which the embedded broker cannot do: bind queues only.");
        }
        channel.queueBind(
                binding.getDestination(), binding.getExchange(), binding.getRoutingKey(), binding.getArguments());
    }

    private static boolean deadLetters(Queue queue) {
        return queue.getArguments().containsKey("x-dead-letter-exchange");
    }

    private static <T> Stream<T> only(Class<T> type, List<Declarable> all) {
        return all.stream().filter(type::isInstance).map(type::cast);
    }

    @FunctionalInterface
    private interface Declaring {
        void run() throws IOException;
    }
}
