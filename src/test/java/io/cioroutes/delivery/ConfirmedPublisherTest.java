package io.cioroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import io.cioroutes.broker.TestBroker;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;

class ConfirmedPublisherTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final String queue = "confirmed-" + UUID.randomUUID();
    private final CachingConnectionFactory connections = new CachingConnectionFactory();
    private Connection connection;
    private Channel channel;
    private ConfirmedPublisher publisher;

    @BeforeEach
    void connect() throws IOException {
        TestBroker broker = TestBroker.get();
        connections.setUri(broker.uri());
        connection = broker.connect();
        channel = connection.createChannel();
        channel.queueDeclare(queue, false, false, false, null);
        publisher = new ConfirmedPublisher(connections, "test", TIMEOUT, Runnable::run);
    }

    @AfterEach
    void disconnect() throws IOException {
        publisher.close();
        connections.destroy();
        try (Connection used = connection) {
            used.createChannel().queueDelete(queue);
        }
    }

    private static Message message(String text) {
        return MessageBuilder.withBody(text.getBytes(StandardCharsets.UTF_8)).build();
    }

    private List<String> taken() throws IOException {
        List<String> taken = new ArrayList<>();
        for (GetResponse next = channel.basicGet(queue, true); next != null; next = channel.basicGet(queue, true)) {
            taken.add(new String(next.getBody(), StandardCharsets.UTF_8));
        }
        return taken;
    }

    private static void confirmed(Future<Void> outcome) throws Exception {
        outcome.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    private static void failed(Future<Void> outcome, String... words) {
        assertThatThrownBy(() -> confirmed(outcome))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(AmqpException.class)
                .hasMessageContainingAll(words);
    }

    /** RabbitMQ returns such a message and confirms it; the embedded broker refuses it. */
    private static String unroutable() {
        return TestBroker.get().isRabbitMq() ? "routes the message to no queue" : "refused the message";
    }

    @Test
    void whatIsConfirmedIsInTheQueueInOrder() throws Exception {
        List<CompletableFuture<Void>> outcomes = IntStream.range(0, 500)
                .mapToObj(i -> publisher.publish("", queue, message("" + i)))
                .toList();
        for (CompletableFuture<Void> outcome : outcomes) {
            confirmed(outcome);
        }
        assertThat(taken())
                .isEqualTo(IntStream.range(0, 500).mapToObj(String::valueOf).toList());
    }

    /** The broker confirms what no queue took as well, and often many messages by one frame. */
    @Test
    void whatNoQueueTakesFailsAndTheMessagesAroundItDoNot() throws Exception {
        List<CompletableFuture<Void>> outcomes = IntStream.range(0, 300)
                .mapToObj(i -> publisher.publish("", i % 3 == 1 ? "nobody-" + queue : queue, message("" + i)))
                .toList();
        for (int i = 0; i < outcomes.size(); i++) {
            if (i % 3 == 1) {
                failed(outcomes.get(i), "queue nobody-" + queue, unroutable());
            } else {
                confirmed(outcomes.get(i));
            }
        }
        assertThat(taken()).hasSize(200);
    }

    @Test
    void anAnnouncementNeedsNobodyWhoListens() throws Exception {
        confirmed(publisher.announce("amq.topic", "email.sent", message("heard by nobody")));
    }

    @Test
    void aMissingExchangeFailsAndTheNextMessageHasAChannelAgain() throws Exception {
        failed(publisher.publish("missing-" + queue, "key", message("lost")), "missing-" + queue);
        confirmed(publisher.publish("", queue, message("after it")));
        assertThat(taken()).containsExactly("after it");
    }

    /** The client counts such a message, the broker does not: the next confirms would be those of other messages. */
    @Test
    void aMessageThatCannotBeEncodedFailsAndConfirmsStillMeanWhatTheySay() throws Exception {
        confirmed(publisher.publish("", queue, message("before")));
        Message endless = message("never");
        endless.getMessageProperties().setHeader("x-long", "x".repeat(300_000));
        failed(publisher.publish("", queue, endless), queue, "frame");
        failed(publisher.publish("", "nobody-" + queue, message("never")), unroutable());
        confirmed(publisher.publish("", queue, message("after")));
        assertThat(taken()).containsExactly("before", "after");
    }

    /** All publish on one thread: were it gone, nobody could publish until the next start. */
    @Test
    void anErrorWhileAMessageIsWrittenFailsThatMessageAlone() throws Exception {
        Message costly = message("never");
        LongString noRoom = mock(LongString.class, call -> {
            throw new OutOfMemoryError("made by a test");
        });
        costly.getMessageProperties().setHeader("x-costly", noRoom);
        failed(publisher.publish("", queue, costly), queue, "made by a test");
        failed(publisher.publish("", "nobody-" + queue, message("never")), unroutable());
        confirmed(publisher.publish("", queue, message("after")));
        assertThat(taken()).containsExactly("after");
    }

    @Test
    void aLostConnectionFailsWhatIsUnderWayAndTheNextMessageConnectsAgain() throws Exception {
        confirmed(publisher.publish("", queue, message("first")));
        connections
                .getPublisherConnectionFactory()
                .createConnection()
                .getDelegate()
                .abort();
        // The first of these may still meet the old channel; it fails then, and is not taken for confirmed.
        List<String> expected = new ArrayList<>(List.of("first"));
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Void> outcome = publisher.publish("", queue, message("again " + i));
            try {
                confirmed(outcome);
                expected.add("again " + i);
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(AmqpException.class);
            }
        }
        confirmed(publisher.publish("", queue, message("last")));
        expected.add("last");
        assertThat(taken()).containsAll(expected);
    }

    @Test
    void withoutABrokerEverythingThatWaitsFailsAtOnce() throws Exception {
        CachingConnectionFactory nowhere = new CachingConnectionFactory("127.0.0.1", TestBroker.freePort());
        try (ConfirmedPublisher alone = new ConfirmedPublisher(nowhere, "alone", TIMEOUT, Runnable::run)) {
            List<CompletableFuture<Void>> outcomes = IntStream.range(0, 50)
                    .mapToObj(i -> alone.publish("", queue, message("" + i)))
                    .toList();
            for (CompletableFuture<Void> outcome : outcomes) {
                failed(outcome, "Connection refused");
            }
        } finally {
            nowhere.destroy();
        }
    }

    @Test
    void afterTheEndNothingIsPublishedAndNobodyWaitsForIt() {
        publisher.close();
        failed(publisher.publish("", queue, message("too late")), "The service stops");
    }

    /** What was reported as failed must not turn up afterwards, if it can be helped. */
    @Test
    void aBrokerThatDoesNotAnswerHoldsUpNobodyLongerThanHisPatience() throws Exception {
        ExecutorService callers = Executors.newSingleThreadExecutor();
        try (ServerSocket silent = new ServerSocket(0)) {
            CachingConnectionFactory hanging = new CachingConnectionFactory("127.0.0.1", silent.getLocalPort());
            try (ConfirmedPublisher waiting = new ConfirmedPublisher(hanging, "waiting", TIMEOUT, Runnable::run)) {
                Future<CompletableFuture<Void>> call =
                        callers.submit(() -> waiting.publish("", queue, message("late"), Duration.ofMillis(200)));
                failed(call.get(1, TimeUnit.SECONDS), "queue " + queue, "no confirm of the broker within");
            } finally {
                hanging.destroy();
            }
        } finally {
            callers.shutdownNow();
        }
    }
}
