package io.cioroutes.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private long now = Long.MIN_VALUE / 2;

    private final Pace pace = new Pace(1000, () -> now, nanos -> now += nanos);

    @Test
    void keepsToItsRate() {
        assertThat(within(Duration.ofSeconds(10))).isBetween(9_990, 10_010);
    }

    @Test
    void doesNotHurryAfterAPause() {
        within(Duration.ofSeconds(1));
        now += Duration.ofMinutes(1).toNanos();

        assertThat(within(Duration.ofSeconds(1))).isBetween(1_000, 1_110);
    }

    private int within(Duration time) {
        long end = now + time.toNanos();
        int messages = 0;
        while (now < end) {
            pace.await();
            messages++;
        }
        return messages;
    }
}
