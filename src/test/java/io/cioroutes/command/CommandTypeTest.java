package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommandTypeTest {

    @Test
    void namesItsQueues() {
        assertThat(CommandType.IDENTIFY.routingKey()).isEqualTo("identify");
        assertThat(CommandType.IDENTIFY.queue()).isEqualTo("cio.identify");
        assertThat(CommandType.IDENTIFY.deadLetterQueue()).isEqualTo("cio.identify.dlq");
    }

    @ParameterizedTest
    @EnumSource
    void isFoundByItsRoutingKey(CommandType type) {
        assertThat(CommandType.ofRoutingKey(type.routingKey())).contains(type);
    }

    @Test
    void isNotFoundByAnythingElse() {
        assertThat(CommandType.ofRoutingKey("Identify")).isEmpty();
        assertThat(CommandType.ofRoutingKey(null)).isEmpty();
    }
}
