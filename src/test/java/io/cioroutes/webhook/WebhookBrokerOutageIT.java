package io.cioroutes.webhook;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.analytics.BigQueryStub;
import io.cioroutes.broker.PrivateRabbit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * RabbitMQ takes nothing for a while, and then goes away, in the middle of a burst of webhooks: what got a 200 is stored,
 * everything else got a 503 in time.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookBrokerOutageIT {
    private static final int SENDERS = 8;
    /** After which it takes a webhook for failed, and sends it again. */
    private static final Duration CUSTOMERIO_PATIENCE = Duration.ofSeconds(4);

    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicLong slowest = new AtomicLong();

    @Test
    void everyEventThatGotA200IsStored(@TempDir Path directory, CapturedOutput output) throws Exception {
        ScheduledExecutorService senders = Executors.newScheduledThreadPool(SENDERS);
        try (PrivateRabbit rabbit = PrivateRabbit.startOrSkip();
                BigQueryStub bigQuery = new BigQueryStub();
                WebhookApp app = WebhookApp.start(
                        directory,
                        rabbit.springProperties(),
                        bigQuery.properties(),
                        Map.of(
                                "cio.analytics.batch-interval", "100",
                                "cio.broker.declare-interval", "500ms",
                                "cio.webhook.retry-delay", "200"))) {
            // Customer.io does not come back at once after a 503, and RabbitMQ needs the processor to start.
            IntStream.range(0, SENDERS)
                    .forEach(i -> senders.scheduleWithFixedDelay(() -> send(app), 0, 50, MILLISECONDS));
            await().until(() -> accepted.size() > 200);
            // As when memory or disk runs short: the broker reads no more from connections that publish.
            rabbit.ctl("set_vm_memory_high_watermark", "0.0001");
            await().until(() -> statuses.getOrDefault(503, 0) > 2 * SENDERS);
            rabbit.ctl("set_vm_memory_high_watermark", "0.4");
            int blocked = accepted.size();
            await().atMost(Duration.ofSeconds(30)).until(() -> accepted.size() > blocked + 200);
            assertThat(slowest.get()).isLessThan(CUSTOMERIO_PATIENCE.toNanos());

            int refused = statuses.get(503);
            rabbit.stop();
            await().until(() -> statuses.get(503) > refused + 20);
            rabbit.start();
            int before = accepted.size();
            await().atMost(Duration.ofSeconds(60)).until(() -> accepted.size() > before + 200);
            senders.shutdown();
            assertThat(senders.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

            assertThat(statuses).containsOnlyKeys(200, 503);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> bigQuery.rows("message_events").keySet().containsAll(accepted));
            // What goes wrong in an outage is said in the log, and no thread dies of it.
            assertThat(output.toString().lines().filter(line -> line.contains("Exception in thread")))
                    .isEmpty();
        } finally {
            senders.shutdownNow();
        }
    }

    private void send(WebhookApp app) {
        String id = "burst-" + number.incrementAndGet();
        long begin = System.nanoTime();
        int status = app.send(body(id));
        slowest.accumulateAndGet(System.nanoTime() - begin, Math::max);
        statuses.merge(status, 1, Integer::sum);
        if (status == 200) {
            accepted.add(id);
        }
    }

    private static byte[] body(String id) {
        return "{\"event_id\":\"%s\",\"object_type\":\"email\",\"metric\":\"sent\",\"timestamp\":1760000000,\"data\":{}}"
                .formatted(id)
                .getBytes(StandardCharsets.UTF_8);
    }
}
