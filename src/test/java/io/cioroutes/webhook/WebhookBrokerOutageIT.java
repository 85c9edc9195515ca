package io.cioroutes.webhook;

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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RabbitMQ goes away in the middle of a burst of webhooks: what got a 200 is stored, everything else got a 503. */
class WebhookBrokerOutageIT {
    private static final int SENDERS = 8;

    @Test
    void everyEventThatGotA200IsStored(@TempDir Path directory) throws Exception {
        Set<String> accepted = ConcurrentHashMap.newKeySet();
        Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger number = new AtomicInteger();
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
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
            IntStream.range(0, SENDERS)
                    .forEach(i -> senders.submit(() -> {
                        while (!ended.get()) {
                            String id = "burst-" + number.incrementAndGet();
                            int status = app.send(body(id));
                            statuses.merge(status, 1, Integer::sum);
                            if (status == 200) {
                                accepted.add(id);
                            }
                        }
                        return null;
                    }));
            await().until(() -> accepted.size() > 200);
            rabbit.stop();
            await().until(() -> statuses.getOrDefault(503, 0) > 20);
            rabbit.start();
            int before = accepted.size();
            await().atMost(Duration.ofSeconds(60)).until(() -> accepted.size() > before + 200);
            ended.set(true);
            senders.shutdown();
            assertThat(senders.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

            assertThat(statuses).containsOnlyKeys(200, 503);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> bigQuery.rows("message_events").keySet().containsAll(accepted));
        } finally {
            ended.set(true);
            senders.shutdownNow();
        }
    }

    private static byte[] body(String id) {
        return "{\"event_id\":\"%s\",\"object_type\":\"email\",\"metric\":\"sent\",\"timestamp\":1760000000,\"data\":{}}"
                .formatted(id)
                .getBytes(StandardCharsets.UTF_8);
    }
}
