package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class TopologyProblemTest {
    /** Replies as RabbitMQ 3.10 gives them, and what a person reads. */
    @ParameterizedTest
    @CsvFileSource(resources = "reply-texts.csv", quoteCharacter = '"', delimiter = '|', numLinesToSkip = 1)
    void saysWhatDiffers(String subject, int code, String reply, String expected) {
        assertThat(new TopologyProblem(subject, code, reply).text()).isEqualTo(expected);
    }
}
