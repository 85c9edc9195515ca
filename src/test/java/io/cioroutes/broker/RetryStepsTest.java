package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RetryStepsTest {
    private final RetrySteps steps = new RetrySteps(
            List.of(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10), Duration.ofMinutes(30)));

    @Test
    void namesExchangesByDelay() {
        assertThat(steps.all())
                .extracting(RetryStep::exchange)
                .containsExactly("cio.retry.30s", "cio.retry.2m", "cio.retry.10m", "cio.retry.30m");
    }

    @ParameterizedTest
    @CsvSource({"250ms,PT0.25S", "90s,PT90S", "2m,PT120S", "90m,PT90M", "1h,PT60M", "24h,P1D"})
    void saysADelayWithTheLargestUnitThatDividesIt(String text, Duration delay) {
        assertThat(RetryStep.of(delay).exchange()).isEqualTo("cio.retry." + text);
    }

    @ParameterizedTest
    @CsvSource({"1,30s", "2,2m", "3,10m", "4,30m", "5,30m", "1000,30m"})
    void climbsAndStaysOnTheLastStep(int parking, String delay) {
        assertThat(steps.forParking(parking).exchange()).isEqualTo("cio.retry." + delay);
    }

    @ParameterizedTest
    @CsvSource({"PT0S,30s", "PT30S,30s", "PT30.001S,2m", "PT5M,10m", "PT30M,30m", "PT2H,30m"})
    void findsTheShortestStepThatWaitsLongEnough(Duration wait, String delay) {
        assertThat(steps.atLeast(wait).exchange()).isEqualTo("cio.retry." + delay);
    }

    @Test
    void countsParkingsFromOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> steps.forParking(0));
    }

    @ParameterizedTest
    @MethodSource
    void refusesDelaysThatAreNotALadder(List<Duration> delays) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetrySteps(delays))
                .withMessageStartingWith("cio.retry.delays must");
    }

    static Stream<List<Duration>> refusesDelaysThatAreNotALadder() {
        return Stream.of(
                List.of(),
                List.of(Duration.ZERO),
                List.of(Duration.ofNanos(1)),
                List.of(Duration.ofSeconds(-1)),
                List.of(Duration.ofMinutes(2), Duration.ofMinutes(2)),
                List.of(Duration.ofMinutes(2), Duration.ofSeconds(30)),
                List.of(Duration.ofDays(50)));
    }
}
