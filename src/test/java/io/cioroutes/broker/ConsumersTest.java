package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.apache.camel.component.springrabbit.SpringRabbitMQComponent;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;

/** What the broker's absence does to the containers of our consumers. */
class ConsumersTest {

    private static final List<String> QUEUES = List.of("first", "second", "third", "fourth");

    @Test
    void stopAtOnceWhereTheBrokerWasNeverThere() throws Exception {
        CachingConnectionFactory connections = new CachingConnectionFactory("127.0.0.1", refusing());
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            SpringRabbitMQComponent component = new SpringRabbitMQComponent();
            component.setConnectionFactory(connections);
            camel.addComponent("spring-rabbitmq", component);
            Consumers consumers = new Consumers();
            List<AbstractMessageListenerContainer> containers = QUEUES.stream()
                    .map(queue -> consumers.createListenerContainer(
                            camel.getEndpoint("spring-rabbitmq:cio?queues=" + queue, SpringRabbitMQEndpoint.class)))
                    .toList();
            containers.forEach(AbstractMessageListenerContainer::start);
            await().untilAsserted(() -> assertThat(QUEUES).allSatisfy(queue -> assertThat(consumers.problem(queue))
                    .hasValueSatisfying(problem -> assertThat(problem).startsWith("the broker ended it"))));

            long began = System.nanoTime();
            containers.forEach(AbstractMessageListenerContainer::stop);

            // The first of them alone would take most of the five seconds between two attempts.
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(2500));
        } finally {
            connections.destroy();
        }
    }

    /** A port on which nothing listens. */
    private static int refusing() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }
}
