package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import io.cioroutes.cli.Cli;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.amqp.RabbitAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;

/** A broker that is not there, does not let the service in, or has other queues already. */
@ExtendWith(OutputCaptureExtension.class)
class TopologyRefusalTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static PrivateRabbit rabbit;

    @BeforeAll
    static void startRabbit() {
        rabbit = PrivateRabbit.startOrSkip();
    }

    @AfterAll
    static void stopRabbit() {
        if (rabbit != null) {
            rabbit.close();
        }
    }

    @Test
    void otherQueuesStopTheStartWithOneMessageThatNamesThemAll() throws Exception {
        makeVirtualHost("other");
        try (Connection connection = TestBroker.connect(rabbit.uri() + "/other");
                Channel channel = connection.createChannel()) {
            channel.exchangeDeclare("cio", "fanout", true);
            channel.queueDeclare("cio.track", true, false, false, Map.of());
            channel.queueDeclare("cio.entity.dlq", false, false, false, Map.of());
        }
        on("other").run(context -> {
            TopologyMismatchException failure = failure(context.getStartupFailure(), TopologyMismatchException.class);
            assertThat(failure)
                    .hasMessage("The broker at 127.0.0.1:" + rabbit.port()
                            + " does not accept 3 parts of what the service declares:"
                            + "\n  - exchange cio: type is fanout on the broker, but the service declares topic"
                            + "\n  - queue cio.entity.dlq: durable is false on the broker, but the service declares true"
                            + "\n  - queue cio.track: x-dead-letter-exchange is not set on the broker,"
                            + " but the service declares empty");
            assertThat(failure.action()).contains("rabbitmqctl delete_queue").doesNotContain("set_permissions");
        });
    }

    @Test
    void aRefusedStartPrintsDescriptionAndActionButNoStackTrace(CapturedOutput output) {
        makeVirtualHost("limit");
        on("limit").run(context -> assertThat(context).hasNotFailed());

        SpringApplication application = new SpringApplication(Service.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        assertThat(catchThrowable(() -> application.run(
                        "--spring.rabbitmq.host=127.0.0.1",
                        "--spring.rabbitmq.port=" + rabbit.port(),
                        "--spring.rabbitmq.virtual-host=limit",
                        "--cio.broker.delivery-limit=7",
                        "--cio.retry.delays=1s")))
                .hasRootCauseInstanceOf(TopologyMismatchException.class);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("does not accept 9 parts")
                .contains("queue cio.track: x-delivery-limit is 100 on the broker, but the service declares 7")
                .contains("Where arguments differ")
                .doesNotContain("\tat io.cioroutes");
    }

    @Test
    void missingPermissionsStopTheStartAndTheOnesAskedForSuffice() {
        makeVirtualHost("rights");
        rabbit.ctl("add_user", "small", "secret-word");
        rabbit.ctl("set_permissions", "-p", "rights", "small", "^cio\\.(track|user)", ".*", "^cio\\.");
        ApplicationContextRunner small = on("rights")
                .withPropertyValues("spring.rabbitmq.username=small", "spring.rabbitmq.password=secret-word");
        small.run(context -> {
            TopologyMismatchException failure = failure(context.getStartupFailure(), TopologyMismatchException.class);
            assertThat(failure)
                    .hasMessageContaining("exchange cio: ACCESS_REFUSED - access to exchange 'cio' in vhost 'rights'")
                    .hasMessageContaining("queue cio.identify: ACCESS_REFUSED")
                    .hasMessageNotContaining("queue cio.user")
                    .hasMessageNotContaining("secret-word");
            assertThat(failure.action())
                    .contains("set_permissions -p VHOST USER " + TopologyMismatchException.PERMISSIONS)
                    .doesNotContain("delete_queue");
        });

        String[] patterns =
                TopologyMismatchException.PERMISSIONS.replace("'", "").split(" ");
        rabbit.ctl("set_permissions", "-p", "rights", "small", patterns[0], patterns[1], patterns[2]);
        small.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(BrokerStatus.class).topologyDeclared()).isTrue();
        });
    }

    @Test
    void aWrongPasswordStopsTheStart() {
        on("/").withPropertyValues("spring.rabbitmq.password=secret-word")
                .run(context -> assertThat(failure(context.getStartupFailure(), BrokerAccessException.class))
                        .hasMessageContaining("user or password is wrong")
                        .hasMessageNotContaining("secret-word"));
    }

    @Test
    void aMissingVirtualHostStopsTheStart() {
        on("nowhere").run(context -> {
            BrokerAccessException failure = failure(context.getStartupFailure(), BrokerAccessException.class);
            assertThat(failure).hasMessageContaining("vhost nowhere not found");
            assertThat(failure.action()).contains("spring.rabbitmq.virtual-host");
        });
    }

    @Test
    void anAbsentBrokerDoesNotStopTheStartAndIsFurnishedWhenItComes(CapturedOutput output) {
        makeVirtualHost("late");
        rabbit.stop();
        try {
            on("late").run(context -> {
                assertThat(context).hasNotFailed();
                BrokerStatus status = context.getBean(BrokerStatus.class);
                assertThat(status.topologyDeclared()).isFalse();
                assertThat(status.problem())
                        .contains("The broker at 127.0.0.1:" + rabbit.port()
                                + " cannot be reached (Connection refused).");
                assertThat(status.info().port()).isEqualTo(rabbit.port());
                assertThat(status.info().product()).isEmpty();
                assertThat(output).contains("The service starts all the same and keeps trying.");

                rabbit.start();
                await().atMost(PATIENCE).until(status::topologyDeclared);
                assertThat(status.problem()).isEmpty();
                assertThat(status.info().toString())
                        .startsWith("RabbitMQ ")
                        .endsWith("at 127.0.0.1:" + rabbit.port() + ", virtual host late");
                assertThat(rabbit.ctl("list_queues", "-p", "late", "name")).contains("cio.track", "cio.entity.dlq");
                assertThat(output).contains("The broker now has everything that the service declares");
            });
        } finally {
            rabbit.restart();
        }
    }

    @Test
    void everyNewConnectionDeclaresAgainAndALaterMismatchIsLoggedOnce(CapturedOutput output) {
        makeVirtualHost("again");
        on("again").run(context -> {
            ConnectionFactory connections = context.getBean(ConnectionFactory.class);
            BrokerStatus status = context.getBean(BrokerStatus.class);

            rabbit.ctl("delete_queue", "-p", "again", "cio.track");
            reconnect(connections);
            assertThat(rabbit.ctl("list_queues", "-p", "again", "name")).contains("cio.track\n");
            assertThat(status.topologyDeclared()).isTrue();

            rabbit.ctl("delete_queue", "-p", "again", "cio.track");
            try (Connection connection = TestBroker.connect(rabbit.uri() + "/again");
                    Channel channel = connection.createChannel()) {
                channel.queueDeclare("cio.track", true, false, false, Map.of());
            }
            reconnect(connections);
            reconnect(connections);
            assertThat(status.topologyDeclared()).isFalse();
            assertThat(status.problem()).hasValueSatisfying(problem -> assertThat(problem)
                    .contains("queue cio.track: x-dead-letter-exchange is not set on the broker"));
            assertThat(output.toString().split("queue cio.track: x-dead-letter-exchange", -1))
                    .hasSize(2);

            rabbit.ctl("delete_queue", "-p", "again", "cio.track");
            reconnect(connections);
            assertThat(status.topologyDeclared()).isTrue();
            assertThat(status.problem()).isEmpty();
        });
    }

    @Test
    void theDoctorFindsWhatIsMissingRefusedOrDifferentAndTakesNoMessage() throws Exception {
        makeVirtualHost("clinic");
        assertThat(doctor("guest", "guest"))
                .contains("exchanges and queues do not exist", "queue cio.track", "exchange cio.events");
        assertThat(rabbit.ctl("list_queues", "-p", "clinic", "name")).doesNotContain("cio.track");

        on("clinic").run(context -> assertThat(context).hasNotFailed());
        try (Connection connection = TestBroker.connect(rabbit.uri() + "/clinic");
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            channel.queueDeclare("everything", true, false, false, Map.of());
            channel.queueBind("everything", "cio", "#");
            channel.basicPublish("cio", "track", MessageProperties.PERSISTENT_BASIC, new byte[] {1});
            channel.waitForConfirmsOrDie(5000);
            rabbit.ctl("add_user", "patient", "secret-word");
            rabbit.ctl("set_permissions", "-p", "clinic", "patient", "^cio", "^cio\\.", "^cio\\.(user|track)$");
            assertThat(doctor("patient", "secret-word"))
                    .contains(
                            "publishing to the default exchange",
                            "publishing to exchange cio,",
                            "consuming from queue cio.identify",
                            "set_permissions")
                    .doesNotContain("consuming from queue cio.track,", "publishing to exchange cio.", "secret-word");

            assertThat(channel.messageCount("everything")).isOne();
            var track = channel.basicGet("cio.track", false);
            assertThat(track.getEnvelope().isRedeliver()).isFalse();
            channel.basicNack(track.getEnvelope().getDeliveryTag(), false, true);
            rabbit.ctl("delete_queue", "-p", "clinic", "cio.delete");
            channel.queueDeclare("cio.delete", true, false, false, Map.of());
        }
        assertThat(doctor("guest", "guest"))
                .contains(
                        "queue cio.delete: x-dead-letter-exchange is not set on the broker", "rabbitmqctl delete_queue")
                .doesNotContain("not allowed");
        assertThat(doctor("guest", "wrong-word"))
                .contains("refuses the service")
                .doesNotContain("wrong-word");
    }

    private static String doctor(String user, String password) {
        StringWriter out = new StringWriter();
        Cli.commandLine()
                .setOut(new PrintWriter(out))
                .execute(
                        "doctor",
                        "--spring.rabbitmq.host=127.0.0.1",
                        "--spring.rabbitmq.port=" + rabbit.port(),
                        "--spring.rabbitmq.virtual-host=clinic",
                        "--spring.rabbitmq.username=" + user,
                        "--spring.rabbitmq.password=" + password);
        return out.toString();
    }

    @Import({BrokerTopology.class, BrokerConfiguration.class})
    @ImportAutoConfiguration(RabbitAutoConfiguration.class)
    static class Service {}

    private static ApplicationContextRunner on(String virtualHost) {
        return TopologyTest.runner(rabbit.propertyValues())
                .withPropertyValues("spring.rabbitmq.virtual-host=" + virtualHost, "cio.broker.declare-interval=200ms");
    }

    private static void makeVirtualHost(String name) {
        rabbit.ctl("add_vhost", name);
        rabbit.ctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*");
    }

    private static void reconnect(ConnectionFactory connections) {
        var before = connections.createConnection().getDelegate();
        rabbit.closeAllConnections();
        await().atMost(PATIENCE).until(() -> !before.isOpen());
        connections.createConnection();
    }

    private static <T extends Throwable> T failure(Throwable startup, Class<T> type) {
        Throwable cause = startup;
        while (cause != null && !type.isInstance(cause)) {
            cause = cause.getCause();
        }
        assertThat(cause).as("startup failure %s", startup).isNotNull();
        return type.cast(cause);
    }
}
