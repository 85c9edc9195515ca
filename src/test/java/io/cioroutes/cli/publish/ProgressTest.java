package io.cioroutes.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            # size | start | position | seconds | text
            1000   | 0     | 250      | 20      | ', 25 %, 1 min 0 s left'
            # what earlier runs did took none of this run's time
            1000   | 500   | 750      | 20      | ', 75 %, 20 s left'
            1000   | 1000  | 1000     | 1       | ', 100 %, 0.0 s left'
            -1     | 0     | 250      | 20      | ''
            """)
    void tellsTheTimeThatIsLeft(long size, long start, long position, double seconds, String text) {
        assertThat(Progress.left(size, start, position, seconds)).isEqualTo(text);
    }
}
