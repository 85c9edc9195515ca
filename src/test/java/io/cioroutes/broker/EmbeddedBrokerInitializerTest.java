package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import jakarta.annotation.PreDestroy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.amqp.RabbitAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The service's own start, with nothing but the broker in it. */
@ExtendWith(OutputCaptureExtension.class)
class EmbeddedBrokerInitializerTest {
    @TempDir
    Path directory;

    @Test
    void theLocalProfileBringsABrokerWithItsTopology() throws Exception {
        int port = TestBroker.freePort();
        try (ConfigurableApplicationContext context = start(Map.of(), port)) {
            BrokerStatus status = context.getBean(BrokerStatus.class);
            assertThat(status.topologyDeclared()).isTrue();
            assertThat(status.info().embedded()).isTrue();
            assertThat(status.info().toString())
                    .isEqualTo("embedded Apache Qpid Broker-J Core 10.1.0 at 127.0.0.1:" + port + ", virtual host /");
            assertThat(directory.resolve("broker.json")).content().contains(":" + port);

            RabbitTemplate template = context.getBean(RabbitTemplate.class);
            assertThat(confirmed(template, "track")).isTrue();
            assertThat(template.receive("cio.track", 5_000)).isNotNull();
        }
        assertThat(directory.resolve("broker.json")).doesNotExist();
    }

    @Test
    void anUnroutableMessageIsReportedAndNotTakenForPublished() throws Exception {
        try (ConfigurableApplicationContext context = start(Map.of(), 0)) {
            assertThat(confirmed(context.getBean(RabbitTemplate.class), "no-such-command"))
                    .isFalse();
        }
    }

    @Test
    void aTakenPortIsReplacedByAFreeOneAndSaidLoudly(CapturedOutput output) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ConfigurableApplicationContext context = start(Map.of(), taken.getLocalPort())) {
            int port = context.getBean(EmbeddedBroker.class).port();
            assertThat(port).isNotEqualTo(taken.getLocalPort());
            assertThat(context.getEnvironment().getProperty("spring.rabbitmq.port", Integer.class))
                    .isEqualTo(port);
            assertThat(context.getBean(BrokerStatus.class).topologyDeclared()).isTrue();
            assertThat(output)
                    .containsPattern("WARN .*Port " + taken.getLocalPort()
                            + " is taken by another program: the embedded broker listens on 127.0.0.1:" + port);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SPRING_RABBITMQ_HOST,127.0.0.1,true",
        "SPRING_RABBITMQ_ADDRESSES,127.0.0.1:1,true",
        "SPRING_RABBITMQ_PORT,1,true",
        "SPRING_RABBITMQ_USERNAME,somebody,false",
        "SPRING_RABBITMQ_HOST,'',false"
    })
    void aBrokerOfTheUserReplacesIt(String variable, String value, boolean replaced) {
        // Where the user names a broker, nobody listens: the service starts all the same.
        Map<String, Object> environment = new HashMap<>(Map.of(variable, value));
        if (variable.endsWith("_HOST") && replaced) {
            environment.put("SPRING_RABBITMQ_PORT", "1");
        }
        try (ConfigurableApplicationContext context = start(environment, 0)) {
            assertThat(context.getBeanNamesForType(EmbeddedBroker.class)).hasSize(replaced ? 0 : 1);
            assertThat(context.getBean(BrokerStatus.class).topologyDeclared()).isNotEqualTo(replaced);
        }
    }

    @Test
    void otherProfilesBringNone() {
        try (ConfigurableApplicationContext context =
                start(Map.of("SPRING_PROFILES_ACTIVE", "prod", "SPRING_RABBITMQ_PORT", "1"), 0)) {
            assertThat(context.getBeanNamesForType(EmbeddedBroker.class)).isEmpty();
        }
    }

    @Test
    void aSecondInstanceOnTheSameDirectoryEndsWithOneClearMessage(CapturedOutput output) {
        ConfigurableApplicationContext first = start(Map.of(), 0);
        try (first) {
            assertThat(catchThrowable(() -> start(Map.of(), 0))).isNotNull();
            assertThat(output)
                    .contains("APPLICATION FAILED TO START")
                    .contains("Another instance uses the embedded broker's directory " + directory)
                    .contains("cio.local.directory")
                    .doesNotContain("\tat ");
            assertThat(first.getBean(BrokerStatus.class).topologyDeclared()).isTrue();
        }
    }

    @Test
    void aFailedStartStopsItAgain(CapturedOutput output) {
        assertThat(catchThrowable(() -> start(Map.of("CIO_RETRY_DELAYS", "2m,1m"), 0)))
                .isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("cio.retry.delays must ascend")
                .doesNotContain("\tat ");
        start(Map.of(), 0).close();
    }

    @Test
    void itStopsAfterEverythingThatUsesIt() throws Exception {
        start(Map.of(), 0, LastWords.class).close();
        try (EmbeddedBroker broker = EmbeddedBroker.durable(TestBroker.freePort(), directory);
                Connection connection = TestBroker.connect(broker.uri());
                Channel channel = connection.createChannel()) {
            assertThat(channel.basicGet("cio.delete", true)).isNotNull();
        }
    }

    private static boolean confirmed(RabbitTemplate template, String command) throws Exception {
        CorrelationData correlation = new CorrelationData();
        template.convertAndSend("cio", command, "{}", correlation);
        return correlation.getFuture().get(10, TimeUnit.SECONDS).isAck() && correlation.getReturned() == null;
    }

    private ConfigurableApplicationContext start(Map<String, Object> environment, int port, Class<?>... more) {
        StandardEnvironment spring = new StandardEnvironment();
        Map<String, Object> variables = new HashMap<>(Map.of(
                "SPRING_PROFILES_ACTIVE", "local",
                "CIO_LOCAL_DIRECTORY", directory.toString(),
                "CIO_BROKER_EMBEDDED_PORT", String.valueOf(port)));
        variables.putAll(environment);
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        spring.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));

        SpringApplication application = new SpringApplication(Service.class);
        application.addPrimarySources(List.of(more));
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setEnvironment(spring);
        // The broker alone, without the check of all settings.
        application.setInitializers(List.of(new EmbeddedBrokerInitializer()));
        return application.run();
    }

    @Import({BrokerTopology.class, BrokerConfiguration.class})
    @ImportAutoConfiguration(RabbitAutoConfiguration.class)
    static class Service {}

    /** Publishes while the context closes, as a consumer that finishes its work does. */
    static class LastWords {
        private final RabbitTemplate template;

        LastWords(RabbitTemplate template) {
            this.template = template;
        }

        @PreDestroy
        void publish() throws Exception {
            assertThat(confirmed(template, "delete")).isTrue();
        }
    }
}
