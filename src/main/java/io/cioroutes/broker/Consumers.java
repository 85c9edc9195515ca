package io.cioroutes.broker;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.component.springrabbit.DefaultListenerContainerFactory;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.ConsumeOkEvent;
import org.springframework.amqp.rabbit.listener.ListenerContainerConsumerFailedEvent;
import org.springframework.amqp.rabbit.listener.MissingQueueEvent;
import org.springframework.util.backoff.BackOff;

/**
 * Makes the containers of Camel's consumers, as its own factory does, and knows which of them the broker delivers to.
 * That a route is started says little: the broker may have refused its consumer, or cancelled it since.
 */
public final class Consumers extends DefaultListenerContainerFactory {

    /** Between two attempts to begin. */
    private static final Duration RETRY = Duration.ofMillis(AbstractMessageListenerContainer.DEFAULT_RECOVERY_INTERVAL);

    private static final Duration CHECK = Duration.ofMillis(50);
    private static final String NOT_YET = "the broker has not answered yet";

    private final Map<String, Consumer> consumers = new ConcurrentHashMap<>();

    private static final class Consumer {
        private final AbstractMessageListenerContainer container;
        private volatile String problem = NOT_YET;

        Consumer(AbstractMessageListenerContainer container) {
            this.container = container;
        }
    }

    @Override
    public AbstractMessageListenerContainer createListenerContainer(SpringRabbitMQEndpoint endpoint) {
        AbstractMessageListenerContainer container = super.createListenerContainer(endpoint);
        container.setRecoveryBackOff(whileActive(container));
        if (endpoint.getQueues() != null) {
            Consumer consumer = new Consumer(container);
            container.setApplicationEventPublisher(event -> note(consumer, event));
            consumers.put(endpoint.getQueues(), consumer);
        }
        return container;
    }

    /**
     * Waits between two attempts to begin, for as long as the container is not stopped. Spring's container holds, while it
     * waits, the lock that its stop needs, and does not wake up: a service whose broker was never there would stop one
     * consumer after the other, up to five seconds each.
     */
    private static BackOff whileActive(AbstractMessageListenerContainer container) {
        return () -> () -> {
            long end = System.nanoTime() + RETRY.toNanos();
            while (container.isActive() && System.nanoTime() < end) {
                LockSupport.parkNanos(CHECK.toNanos());
            }
            return 0;
        };
    }

    private static void note(Consumer consumer, Object event) {
        if (event instanceof ConsumeOkEvent) {
            consumer.problem = null;
        } else if (event instanceof MissingQueueEvent) {
            consumer.problem = "the queue is missing";
        } else if (event instanceof ListenerContainerConsumerFailedEvent failed) {
            consumer.problem = "the broker ended it"
                    + (failed.getThrowable() == null
                            ? ", as when the queue is deleted or the connection is lost"
                            : ": " + failed.getThrowable().getMessage());
        }
    }

    /**
     * Why the broker delivers nothing from a queue to this instance.
     *
     * @param queue its name
     * @return the cause in words; empty while it delivers
     */
    public Optional<String> problem(String queue) {
        Consumer consumer = consumers.get(queue);
        if (consumer == null || !consumer.container.isRunning()) {
            return Optional.of("no consumer is started");
        }
        return Optional.ofNullable(consumer.problem);
    }
}
