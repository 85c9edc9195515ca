package io.cioroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import com.rabbitmq.client.Channel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.MessageProperties;

/** When a delivery counts as held: a route's channel is closed as soon as nothing is. */
class DeliveryTest {

    private final Channel channel = mock(Channel.class);
    private final InFlight inFlight = new InFlight();
    private final List<Integer> heldWhileAcknowledging = new ArrayList<>();

    @BeforeEach
    void lookAtEachAcknowledgement() throws Exception {
        doAnswer(call -> heldWhileAcknowledging.add(inFlight.size("cio.track")))
                .when(channel)
                .basicAck(anyLong(), anyBoolean());
    }

    @Test
    void isHeldUntilItsAcknowledgementIsWritten() {
        Delivery first = delivery(1);
        delivery(2);

        assertThat(first.ack()).isTrue();

        assertThat(heldWhileAcknowledging).containsExactly(2);
        assertThat(inFlight.size("cio.track")).isEqualTo(1);
        assertThat(first.ack()).as("once more").isFalse();
    }

    @Test
    void areHeldUntilTheirAcknowledgementIsWritten() {
        List<Delivery> all = List.of(delivery(1), delivery(2), delivery(3));

        Delivery.ackAll(all);

        assertThat(heldWhileAcknowledging).containsExactly(3);
        assertThat(inFlight.size()).isZero();
    }

    private Delivery delivery(long tag) {
        MessageProperties properties = new MessageProperties();
        properties.setDeliveryTag(tag);
        properties.setConsumerQueue("cio.track");
        return new Delivery(channel, properties, new byte[0], inFlight);
    }
}
