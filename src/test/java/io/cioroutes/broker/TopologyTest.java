package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.amqp.RabbitAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the declared queues do, on a real RabbitMQ where there is one, and on the embedded broker. */
class TopologyTest {
    private static final Duration DELAY = Duration.ofSeconds(1);
    private static final AMQP.BasicProperties PERSISTENT = new AMQP.BasicProperties.Builder()
            .deliveryMode(2)
            .headers(Map.of("attempt", 1))
            .build();

    private TestBroker used;

    @AfterEach
    void deleteTopology() throws IOException {
        if (used != null) {
            used.deleteTopology(DELAY);
        }
    }

    static Stream<TestBroker> brokers() {
        return Stream.of(TestBroker.get(), TestBroker.embedded()).distinct();
    }

    static ApplicationContextRunner runner(String... properties) {
        return new ApplicationContextRunner()
                .withInitializer(new ConfigDataApplicationContextInitializer())
                .withConfiguration(AutoConfigurations.of(RabbitAutoConfiguration.class))
                .withUserConfiguration(BrokerTopology.class, BrokerConfiguration.class)
                .withPropertyValues("cio.retry.delays=" + DELAY.toSeconds() + "s")
                .withPropertyValues(properties);
    }

    private ApplicationContextRunner on(TestBroker broker) {
        used = broker;
        return runner(broker.propertyValues());
    }

    @ParameterizedTest
    @MethodSource("brokers")
    void isDeclaredTwiceAlike(TestBroker broker) {
        for (int i = 0; i < 2; i++) {
            on(broker).run(context -> {
                assertThat(context).hasNotFailed();
                BrokerStatus status = context.getBean(BrokerStatus.class);
                assertThat(status.topologyDeclared()).isTrue();
                assertThat(status.problem()).isEmpty();
                assertThat(status.info().host()).isEqualTo(broker.host());
                assertThat(status.info().port()).isEqualTo(broker.port());
                assertThat(status.info().virtualHost()).isEqualTo(broker.virtualHost());
                assertThat(status.info().product()).contains(broker.isRabbitMq() ? "RabbitMQ" : "Qpid");
                assertThat(status.info().version()).isNotEmpty();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("brokers")
    void routesACommandToItsQueueOnly(TestBroker broker) {
        on(broker).run(context -> {
            try (Connection connection = broker.connect();
                    Channel channel = connection.createChannel()) {
                channel.confirmSelect();
                for (String command : BrokerTopology.COMMANDS) {
                    channel.basicPublish("cio", command, true, PERSISTENT, bytes(command));
                    channel.basicPublish("", "cio." + command, true, PERSISTENT, bytes(command));
                }
                channel.waitForConfirmsOrDie(10_000);
                for (String command : BrokerTopology.COMMANDS) {
                    assertThat(take(channel, "cio." + command).getBody()).isEqualTo(bytes(command));
                    assertThat(take(channel, "cio." + command).getBody()).isEqualTo(bytes(command));
                    assertThat(channel.basicGet("cio." + command, true)).isNull();
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("brokers")
    void aParkedMessageComesHomeAsItWas(TestBroker broker) {
        on(broker).run(context -> {
            RetryStep step = context.getBean(RetrySteps.class).forParking(1);
            try (Connection connection = broker.connect();
                    Channel channel = connection.createChannel()) {
                AMQP.BasicProperties properties = PERSISTENT
                        .builder()
                        .messageId("m-1")
                        .contentType("application/json")
                        .build();
                channel.confirmSelect();
                long parked = System.nanoTime();
                channel.basicPublish(step.exchange(), "track", true, properties, bytes("{}"));
                channel.waitForConfirmsOrDie(10_000);

                GetResponse home = take(channel, "cio.track");
                assertThat(Duration.ofNanos(System.nanoTime() - parked)).isGreaterThanOrEqualTo(DELAY);
                assertThat(home.getBody()).isEqualTo(bytes("{}"));
                assertThat(home.getEnvelope().getRoutingKey()).isEqualTo("track");
                assertThat(home.getProps().getMessageId()).isEqualTo("m-1");
                assertThat(home.getProps().getContentType()).isEqualTo("application/json");
                assertThat(home.getProps().getHeaders()).containsEntry("attempt", 1);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("brokers")
    void anUnansweredMessageReturnsWhenItsChannelCloses(TestBroker broker) {
        on(broker).run(context -> {
            try (Connection connection = broker.connect()) {
                publish(connection, "track", "{}");
                for (int i = 0; i < 5; i++) {
                    try (Channel channel = connection.createChannel()) {
                        GetResponse response =
                                await().until(() -> channel.basicGet("cio.track", false), answer -> answer != null);
                        assertThat(response.getEnvelope().isRedeliver()).isEqualTo(i > 0);
                    }
                }
                Connection lost = broker.connect();
                Channel unanswered = lost.createChannel();
                await().until(() -> unanswered.basicGet("cio.track", false), answer -> answer != null);
                lost.abort();
                try (Channel channel = connection.createChannel()) {
                    assertThat(take(channel, "cio.track").getBody()).isEqualTo(bytes("{}"));
                    assertThat(channel.basicGet("cio.track.dlq", true)).isNull();
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("brokers")
    void aRejectedMessageBecomesADeadLetter(TestBroker broker) {
        on(broker).run(context -> {
            try (Connection connection = broker.connect();
                    Channel channel = connection.createChannel()) {
                publish(connection, "track", "{}");
                GetResponse response =
                        await().until(() -> channel.basicGet("cio.track", false), answer -> answer != null);
                channel.basicReject(response.getEnvelope().getDeliveryTag(), false);
                assertThat(take(channel, "cio.track.dlq").getBody()).isEqualTo(bytes("{}"));
            }
        });
    }

    @Test
    void aMessageThatComesBackTooOftenBecomesADeadLetter() {
        TestBroker broker = TestBroker.realOnly();
        on(broker).withPropertyValues("cio.broker.delivery-limit=2").run(context -> {
            try (Connection connection = broker.connect()) {
                exceedDeliveryLimit(connection, 2);
                try (Channel channel = connection.createChannel()) {
                    assertThat(take(channel, "cio.track.dlq").getBody()).isEqualTo(bytes("{}"));
                    assertThat(channel.basicGet("cio.track", true)).isNull();
                }
            }
        });
    }

    /**
     * RabbitMQ takes a message for a dead-letter loop, and drops it, when it expires towards a queue that its x-death
     * header names already. So whoever publishes a message again must leave that header out.
     */
    @Test
    void aReplayedDeadLetterComesHomeFromTheRetryQueueWithoutItsDeathRecord() {
        TestBroker broker = TestBroker.realOnly();
        on(broker).withPropertyValues("cio.broker.delivery-limit=2").run(context -> {
            RetryStep step = context.getBean(RetrySteps.class).forParking(1);
            try (Connection connection = broker.connect()) {
                exceedDeliveryLimit(connection, 2);
                try (Channel channel = connection.createChannel()) {
                    GetResponse dead = take(channel, "cio.track.dlq");
                    Map<String, Object> headers = new HashMap<>(dead.getProps().getHeaders());
                    assertThat(headers).containsKey("x-death");
                    headers.keySet().removeIf(BrokerTopology::isWrittenByBroker);
                    assertThat(headers).containsExactly(entry("attempt", 1));

                    AMQP.BasicProperties replayed =
                            dead.getProps().builder().headers(headers).build();
                    channel.basicPublish(step.exchange(), "track", true, replayed, dead.getBody());
                    assertThat(take(channel, "cio.track").getBody()).isEqualTo(bytes("{}"));
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("brokers")
    void declaresWhatOtherPackagesContribute(TestBroker broker) throws Exception {
        on(broker)
                .withBean("others", Declarables.class, () -> new Declarables(new Queue("cio.others")))
                .run(context -> {
                    try (Connection connection = broker.connect();
                            Channel channel = connection.createChannel()) {
                        channel.queueDeclarePassive("cio.others");
                        channel.queueDelete("cio.others");
                    }
                });
    }

    private static void exceedDeliveryLimit(Connection connection, int limit) throws Exception {
        publish(connection, "track", "{}");
        for (int i = 0; i <= limit; i++) {
            try (Channel channel = connection.createChannel()) {
                await().until(() -> channel.basicGet("cio.track", false), answer -> answer != null);
            }
        }
    }

    private static void publish(Connection connection, String command, String body) throws Exception {
        try (Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            channel.basicPublish("cio", command, true, PERSISTENT, bytes(body));
            channel.waitForConfirmsOrDie(10_000);
        }
    }

    private static GetResponse take(Channel channel, String queue) {
        return await().pollInterval(Duration.ofMillis(50))
                .until(() -> channel.basicGet(queue, true), response -> response != null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
