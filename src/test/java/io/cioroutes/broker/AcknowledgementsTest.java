package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcknowledgementsTest {

    private final Channel channel = mock(Channel.class);
    private final List<String> frames = Collections.synchronizedList(new ArrayList<>());
    /** What the broker of this test has delivered and still keeps. */
    private final TreeSet<Long> kept = new TreeSet<>();

    private Acknowledgements acknowledgements;

    @BeforeEach
    void broker() throws IOException {
        when(channel.isOpen()).thenReturn(true);
        doAnswer(call -> acknowledged(call.getArgument(0), call.getArgument(1)))
                .when(channel)
                .basicAck(anyLong(), anyBoolean());
        doAnswer(call -> returned(call.getArgument(0))).when(channel).basicNack(anyLong(), anyBoolean(), anyBoolean());
        acknowledgements = Acknowledgements.of(channel);
    }

    /** As RabbitMQ does: a tag that it does not know closes the channel. */
    private Object acknowledged(long tag, boolean multiple) {
        synchronized (kept) {
            assertThat(kept).contains(tag);
            kept.removeAll(multiple ? new TreeSet<>(kept.headSet(tag, true)) : Set.of(tag));
        }
        frames.add((multiple ? "up to " : "only ") + tag);
        return null;
    }

    private Object returned(long tag) {
        synchronized (kept) {
            assertThat(kept.remove(tag)).isTrue();
        }
        frames.add("returned " + tag);
        return null;
    }

    private void deliver(long from, long to) {
        for (long tag = from; tag <= to; tag++) {
            synchronized (kept) {
                kept.add(tag);
            }
            acknowledgements.received(tag);
        }
    }

    @Test
    void aBatchInOrderIsOneFrame() {
        deliver(1, 10);
        assertThat(acknowledgements.acknowledge(List.of(3L, 1L, 2L))).isTrue();
        acknowledgements.acknowledge(List.of(4L, 5L, 6L));
        assertThat(frames).containsExactly("up to 3", "up to 6");
        assertThat(kept).containsExactly(7L, 8L, 9L, 10L);
    }

    @Test
    void whatCameBeforeAndIsNotSettledIsNotAcknowledgedWithTheOthers() {
        deliver(1, 6);
        acknowledgements.acknowledge(List.of(1L, 2L, 4L, 5L));
        assertThat(frames).containsExactlyInAnyOrder("up to 2", "only 4", "only 5");
        assertThat(kept).containsExactly(3L, 6L);
        acknowledgements.acknowledge(List.of(3L, 6L));
        assertThat(frames).last().isEqualTo("up to 6");
        assertThat(kept).isEmpty();
    }

    @Test
    void aReturnedDeliveryHoldsNobodyUp() {
        deliver(1, 4);
        acknowledgements.requeue(1);
        acknowledgements.acknowledge(List.of(2L, 3L, 4L));
        assertThat(frames).containsExactly("returned 1", "up to 4");
    }

    @Test
    void aDeliveryThatNobodyNotedIsNeverAcknowledgedWithOthers() {
        deliver(1, 2);
        kept.add(3L);
        deliver(4, 6);
        acknowledgements.acknowledge(List.of(1L, 2L));
        acknowledgements.acknowledge(List.of(4L, 5L, 6L));
        assertThat(kept).containsExactly(3L);
        assertThat(frames).containsExactly("only 1", "only 2", "only 4", "only 5", "only 6");
    }

    @Test
    void theFirstDeliveryOfAChannelThatNobodyNotedIsSeenAsWell() {
        kept.add(1L);
        deliver(2, 3);
        acknowledgements.acknowledge(List.of(2L, 3L));
        assertThat(kept).containsExactly(1L);
    }

    @Test
    void notingADeliveryTwiceChangesNothing() {
        deliver(1, 2);
        acknowledgements.received(1);
        acknowledgements.received(2);
        acknowledgements.acknowledge(List.of(1L, 2L));
        assertThat(frames).containsExactly("up to 2");
    }

    @Test
    void aClosedChannelSettlesNothingAndSaysSo() throws IOException {
        deliver(1, 2);
        AlreadyClosedException closed =
                new AlreadyClosedException(new ShutdownSignalException(false, true, null, channel));
        doAnswer(call -> {
                    throw closed;
                })
                .when(channel)
                .basicAck(anyLong(), anyBoolean());
        assertThat(acknowledgements.acknowledge(List.of(1L))).isFalse();
    }

    @Test
    void whatIsKnownOfAClosedChannelIsForgottenWithTheNextOne() {
        when(channel.isOpen()).thenReturn(false);
        Channel next = mock(Channel.class);
        when(next.isOpen()).thenReturn(true);
        Acknowledgements its = Acknowledgements.of(next);
        assertThat(Acknowledgements.of(next)).isSameAs(its);
        assertThat(Acknowledgements.of(channel)).isNotSameAs(acknowledgements);
        when(next.isOpen()).thenReturn(false);
    }

    /** Batches by two threads, in any order, some of them returned: the broker forgets exactly what was acknowledged. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void inAnyOrderNothingIsForgottenBeforeItsTime(long seed) throws Exception {
        int batches = 400;
        int size = 25;
        Random random = new Random(seed);
        Set<Long> settled = new ConcurrentSkipListSet<>();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<?>> work = new ArrayList<>();
        List<List<Long>> open = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            long first = (long) i * size + 1;
            deliver(first, first + size - 1);
            List<Long> tags = new ArrayList<>();
            for (long tag = first; tag < first + size; tag++) {
                tags.add(tag);
            }
            open.add(tags);
            while (open.size() > 8) {
                // Mostly the oldest, as in life.
                List<Long> batch = open.remove(random.nextInt(4) > 0 ? 0 : random.nextInt(open.size()));
                boolean back = random.nextInt(20) == 0;
                work.add(threads.submit(() -> {
                    settled.addAll(batch);
                    if (back) {
                        batch.forEach(acknowledgements::requeue);
                    } else {
                        acknowledgements.acknowledge(batch);
                    }
                    return null;
                }));
            }
            synchronized (kept) {
                // Whoever is not settled yet is still there.
                open.forEach(batch -> assertThat(kept).containsAll(batch));
            }
        }
        for (Future<?> done : work) {
            done.get();
        }
        threads.shutdown();
        assertThat(kept)
                .containsExactlyElementsOf(
                        open.stream().flatMap(List::stream).sorted().toList());
        assertThat(settled).hasSize(batches * size - kept.size());
        assertThat(frames.size()).isLessThan(settled.size() * 2 / 3);
    }
}
