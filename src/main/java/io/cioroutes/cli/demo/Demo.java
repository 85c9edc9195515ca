package io.cioroutes.cli.demo;

import com.rabbitmq.client.Connection;
import io.cioroutes.CustomerioRoutes;
import io.cioroutes.cli.BrokerAddress;
import io.cioroutes.cli.CliException;
import io.cioroutes.cli.Publisher;
import io.cioroutes.sandbox.SandboxServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.health.CompositeHealth;
import org.springframework.boot.actuate.health.HealthComponent;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.Status;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/** Runs the demonstration. */
final class Demo {
    private static final int HTTP_PORT = 8080;

    /** The sandbox follows numbers below 10,000,000. */
    private static final int MOST_NUMBERS = 9_000_000;

    /** Commands published and not yet done, at most: a shop in a hurry, not a flood whose end waits for its beginning. */
    static final int UNDER_WAY = 200;

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Nothing has changed for so long: the work of an earlier run is done. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
    /** Nothing has changed for so long: longer than the first retry delay, 30 s. */
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(90);

    private final Screen screen;
    private final int count;
    private final boolean once;
    private final boolean yes;

    /**
     * @param count messages to publish
     * @param once whether to end after the summary
     * @param yes whether to send them to the real Customer.io, too
     */
    Demo(Screen screen, int count, boolean once, boolean yes) {
        this.screen = screen;
        this.count = count;
        this.once = once;
        this.yes = yes;
    }

    /**
     * Starts the service and goes through the day.
     *
     * @param springOptions for the service
     * @return exit code
     */
    int run(String[] springOptions) throws IOException, InterruptedException {
        screen.line();
        screen.line(screen.bold("customerio-routes, demonstration"));
        screen.line("Starting the service, about 10 seconds ...");
        screen.line();
        long begin = System.nanoTime();
        ConfigurableApplicationContext context = start(springOptions);
        screen.line(String.format(Locale.ROOT, "Ready after %.1f s.", seconds(begin)));
        try {
            Surroundings around = new Surroundings(context);
            around.print(screen);
            if (around.isRealCustomerio() && !yes) {
                throw CliException.usage(
                        "This would send made-up people, events and messages to " + around.customerio()
                                + ". Add --yes if you mean it, or unset CUSTOMERIO_* to use the sandbox.",
                        null);
            }
            boolean holds = day(context, around);
            if (once) {
                return holds ? 0 : 1;
            }
            around.invite(screen);
            new CountDownLatch(1).await();
            return 0;
        } finally {
            context.close();
        }
    }

    private ConfigurableApplicationContext start(String[] springOptions) throws IOException {
        Map<String, Object> defaults = new HashMap<>();
        defaults.put("logging.config", "classpath:demo-logback.xml");
        defaults.put("logging.file.name", "${cio.local.directory}/demo.log");
        if (isTaken(HTTP_PORT)) {
            defaults.put("server.port", 0);
        }
        SpringApplication application = new SpringApplication(CustomerioRoutes.class);
        application.setDefaultProperties(defaults);
        application.addListeners((ApplicationListener<ContextClosedEvent>) event -> {
            if (!once) {
                screen.line("Stopping ...");
            }
        });
        try {
            return application.run(springOptions);
        } catch (RuntimeException e) {
            throw new CliException(1, "The service did not start: " + CliException.text(e), e);
        }
    }

    private static boolean isTaken(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.getLocalPort() != port;
        } catch (java.net.BindException e) {
            return true;
        }
    }

    private boolean day(ConfigurableApplicationContext context, Surroundings around)
            throws IOException, InterruptedException {
        int firstNumber = ThreadLocalRandom.current().nextInt(1, MOST_NUMBERS);
        ShopDay day = new ShopDay(count, firstNumber);
        List<Sample> messages = day.messages();
        Arrivals arrivals = new Arrivals(firstNumber, day.numbered());
        SandboxServer sandbox = around.sandbox();
        if (sandbox != null) {
            sandbox.addListener(arrivals);
        }
        MeterRegistry registry = context.getBean(MeterRegistry.class);
        Connection connection = around.broker().connect("cio demo");
        try {
            DeadLetters deadLetters = new DeadLetters(connection);
            finishEarlierWork(deadLetters, registry);
            Outcomes outcomes = new Outcomes(registry);
            Results results = around.results();
            Map<String, Long> kindsBefore =
                    sandbox == null ? Map.of() : sandbox.stats().operationsByKind();
            screen.line();
            screen.line(String.format(
                    Locale.ROOT,
                    "Publishing %,d commands of an online shop's day, 2 in 100 wrong on purpose ...",
                    messages.size()));
            long begin = System.nanoTime();
            boolean complete = publish(connection, around.broker(), messages, arrivals, outcomes, context);
            Summary summary = new Summary(
                    screen, messages, outcomes, deadLetters.of(messages), seconds(begin), arrivals.latencies());
            boolean holds = summary.print(sandbox, firstNumber, day.numbered(), kindsBefore) && complete;
            return (results == null || results.print(screen)) && holds;
        } finally {
            connection.abort();
        }
    }

    /** Messages of an earlier run may still lie in the queues of a durable broker; they must not be counted as ours. */
    private void finishEarlierWork(DeadLetters queues, MeterRegistry registry) throws IOException {
        long quietSince = System.nanoTime();
        long stalledSince = quietSince;
        long last = -1;
        while (System.nanoTime() - quietSince < QUIET_NANOS) {
            long waiting = queues.waiting();
            long settled = registry.find("cio.commands").timers().stream()
                    .mapToLong(timer -> timer.count())
                    .sum();
            if (waiting > 0 || settled != last) {
                quietSince = System.nanoTime();
                stalledSince = settled != last ? quietSince : stalledSince;
                last = settled;
            }
            if (waiting > 0) {
                screen.progress(
                        String.format(Locale.ROOT, "  First the work of an earlier run: %,d messages left", waiting));
            }
            if (System.nanoTime() - stalledSince > STALLED_NANOS) {
                throw new CliException(
                        1, "The queues hold " + waiting + " messages that the service does not get done.", null);
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    /**
     * Publishes everything and waits until each has its outcome.
     *
     * @return false if nothing moved any more
     */
    private boolean publish(
            Connection connection,
            BrokerAddress broker,
            List<Sample> messages,
            Arrivals arrivals,
            Outcomes outcomes,
            ConfigurableApplicationContext context)
            throws IOException {
        AtomicLong confirmed = new AtomicLong();
        long begin = System.nanoTime();
        long moved = begin;
        long done = 0;
        int next = 0;
        try (Publisher publisher = new Publisher(broker.toString(), connection, reason -> {})) {
            while (done < messages.size()) {
                while (next < messages.size() && next - done < UNDER_WAY) {
                    Sample message = messages.get(next++);
                    arrivals.published(message.number());
                    publisher.publish(
                            message.command().routingKey(),
                            Publisher.properties(message.messageId()).build(),
                            message.body(),
                            confirmed::incrementAndGet);
                }
                LockSupport.parkNanos(TICK_NANOS);
                long now = outcomes.delivered() + outcomes.deadLettered();
                moved = now == done ? moved : System.nanoTime();
                done = now;
                show(confirmed.get(), outcomes, begin);
                if (System.nanoTime() - moved > STALLED_NANOS) {
                    screen.line(String.format(
                            Locale.ROOT,
                            "No progress for %d s. %s",
                            TimeUnit.NANOSECONDS.toSeconds(STALLED_NANOS),
                            health(context)));
                    return false;
                }
            }
            publisher.awaitConfirms();
        }
        return true;
    }

    private void show(long published, Outcomes outcomes, long begin) {
        long delivered = outcomes.delivered();
        long deadLettered = outcomes.deadLettered();
        long parked = outcomes.parked();
        screen.progress(String.format(
                Locale.ROOT,
                "  published %,d   delivered %,d   dead-lettered %,d%s   %,.0f/s",
                published,
                delivered,
                deadLettered,
                parked == 0 ? "" : String.format(Locale.ROOT, "   parked %,d", parked),
                (delivered + deadLettered) / seconds(begin)));
    }

    /** What is not up, by the service's own health. */
    private static String health(ConfigurableApplicationContext context) {
        HealthComponent health = context.getBean(HealthEndpoint.class).health();
        StringBuilder text = new StringBuilder("Health: " + health.getStatus());
        if (health instanceof CompositeHealth all) {
            all.getComponents().forEach((name, part) -> {
                if (!Status.UP.equals(part.getStatus())) {
                    text.append("; ").append(name).append(' ').append(part.getStatus());
                }
            });
        }
        return text.append('.').toString();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
