package io.cioroutes.broker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;

/**
 * What flows need on the broker: each consumes from a queue of the company's own, and has beside it a dead-letter queue
 * and the way home from the common retry queues.
 *
 * <pre>
 * shop.orders ··dead letters··&gt; shop.orders.dlq
 * cio (topic) --shop.orders--&gt; shop.orders, for what comes from cio.retry.*
 * </pre>
 *
 * A queue that exists stays as it is, whatever its arguments: it belongs to somebody else. One that is missing is made
 * like a command's.
 */
public final class FlowTopology extends Declarables {

    private final int deliveryLimit;
    private final Set<String> queues = new TreeSet<>();

    FlowTopology(int deliveryLimit) {
        this.deliveryLimit = deliveryLimit;
    }

    /**
     * Adds the queue of a flow; it is declared with the next {@link Topology#declareAgain()} and on each new connection.
     *
     * @return whether it was not there before
     */
    public synchronized boolean add(String queue) {
        return queues.add(queue);
    }

    /** Whether this is the queue of a flow. */
    public synchronized boolean isFlow(String queue) {
        return queues.contains(queue);
    }

    @Override
    public synchronized Collection<Declarable> getDeclarables() {
        List<Declarable> all = new ArrayList<>();
        for (String name : queues) {
            Queue deadLetters = BrokerTopology.deadLetters(name + ".dlq");
            Queue queue = BrokerTopology.work(name, deadLetters.getName(), deliveryLimit);
            Binding home = BindingBuilder.bind(queue)
                    .to(new TopicExchange(BrokerTopology.EXCHANGE))
                    .with(name);
            all.addAll(List.of(deadLetters, new OthersQueue(queue), home));
        }
        return all;
    }

    @Override
    public <T extends Declarable> List<T> getDeclarablesByType(Class<? extends T> type) {
        return getDeclarables().stream()
                .filter(type::isInstance)
                .map(found -> (T) type.cast(found))
                .toList();
    }

    /** A queue that is declared only where it is missing. */
    static final class OthersQueue extends Queue {
        OthersQueue(Queue queue) {
            super(queue.getName(), queue.isDurable(), queue.isExclusive(), queue.isAutoDelete(), queue.getArguments());
        }
    }
}
