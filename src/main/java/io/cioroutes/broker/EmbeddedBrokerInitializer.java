package io.cioroutes.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;
import org.springframework.util.StringUtils;

/**
 * Starts the {@link EmbeddedBroker} of the local profile, unless the settings name a broker.
 *
 * <p>It begins before the application context is built, and builds up beside it. Every connection factory waits for it,
 * and so is closed before it.
 */
class EmbeddedBrokerInitializer implements ApplicationContextInitializer<GenericApplicationContext> {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBrokerInitializer.class);

    static final String BEAN = "embeddedBroker";

    /** How long to wait for an answer from a listener on this machine, in ms. */
    private static final int PROBE_MILLIS = 500;

    private static final List<String> BROKER_OF_THE_USER =
            List.of("spring.rabbitmq.host", "spring.rabbitmq.addresses", "spring.rabbitmq.port");

    @Override
    public void initialize(GenericApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        if (!wanted(environment)) {
            return;
        }
        Path directory = Path.of(environment.getRequiredProperty("cio.local.directory"));
        int port = portFor(environment.getRequiredProperty("cio.broker.embedded.port", Integer.class));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        BEAN,
                        Map.of(
                                "spring.rabbitmq.host", EmbeddedBroker.ADDRESS,
                                "spring.rabbitmq.port", port,
                                "spring.rabbitmq.username", "guest",
                                "spring.rabbitmq.password", "guest",
                                "spring.rabbitmq.virtual-host", "/")));

        CompletableFuture<EmbeddedBroker> broker = new CompletableFuture<>();
        new Thread(() -> start(broker, port, directory), "embedded-broker-start").start();
        context.registerBean(BEAN, EmbeddedBroker.class, () -> await(broker));
        context.addBeanFactoryPostProcessor(EmbeddedBrokerInitializer::connectionsWaitForBroker);
        // When the start fails before anything asked for the bean, nobody else would stop the broker.
        context.addApplicationListener(
                (ApplicationListener<ApplicationFailedEvent>) failed -> broker.thenAccept(EmbeddedBroker::close));
    }

    /** Whether the embedded broker is to start; no longer once it has. */
    static boolean wanted(Environment environment) {
        return environment.acceptsProfiles(Profiles.of("local"))
                && BROKER_OF_THE_USER.stream().noneMatch(name -> StringUtils.hasText(environment.getProperty(name)));
    }

    private static void start(CompletableFuture<EmbeddedBroker> result, int port, Path directory) {
        long begin = System.nanoTime();
        try {
            EmbeddedBroker broker = EmbeddedBroker.durable(port, directory);
            LOG.info(
                    "Embedded broker listens on {}, messages are kept in {} (started in {} ms)",
                    broker.uri(),
                    directory.resolve("broker"),
                    (System.nanoTime() - begin) / 1_000_000);
            result.complete(broker);
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    private static EmbeddedBroker await(CompletableFuture<EmbeddedBroker> broker) {
        try {
            return broker.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof BrokerSetupException setup) {
                throw setup;
            }
            throw e;
        }
    }

    private static void connectionsWaitForBroker(ConfigurableListableBeanFactory beans) {
        for (String name : beans.getBeanNamesForType(ConnectionFactory.class, true, false)) {
            BeanDefinition definition = beans.getBeanDefinition(name);
            definition.setDependsOn(StringUtils.addStringToArray(definition.getDependsOn(), BEAN));
        }
    }

    /** The wanted port, or any free one where it is taken; 0 means any. */
    private static int portFor(int wanted) {
        if (wanted != 0 && free(wanted)) {
            return wanted;
        }
        int port = anyFreePort();
        if (wanted != 0) {
            LOG.warn(
                    "Port {} is taken by another program: the embedded broker listens on {}:{} instead.",
                    wanted,
                    EmbeddedBroker.ADDRESS,
                    port);
        }
        return port;
    }

    private static boolean free(int port) {
        // Some systems let one bind beside a listener on all addresses, so ask for an answer first.
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(EmbeddedBroker.ADDRESS, port), PROBE_MILLIS);
            return false;
        } catch (IOException nobodyListens) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(EmbeddedBroker.ADDRESS, port));
                return true;
            } catch (IOException taken) {
                return false;
            }
        }
    }

    private static int anyFreePort() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(EmbeddedBroker.ADDRESS, 0));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No free port on " + EmbeddedBroker.ADDRESS, e);
        }
    }
}
