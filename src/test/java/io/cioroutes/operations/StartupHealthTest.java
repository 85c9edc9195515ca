package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.broker.BrokerInfo;
import io.cioroutes.broker.BrokerStatus;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/** Readiness is down until the work has begun, and no outage takes it down again. */
class StartupHealthTest {

    private boolean declared;
    private Status consumers = Status.DOWN;

    private final StartupHealth startup = new StartupHealth(
            new BrokerStatus() {
                @Override
                public BrokerInfo info() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public boolean topologyDeclared() {
                    return declared;
                }

                @Override
                public Optional<String> problem() {
                    return declared ? Optional.empty() : Optional.of("The broker cannot be reached.");
                }
            },
            () -> Health.status(consumers).build());

    @Test
    void downUntilTheWorkHasBegunAndUpEverAfter() {
        Health waiting = startup.health();
        assertThat(waiting.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(waiting.getDetails()).containsEntry("cause", "The broker cannot be reached.");
        declared = true;
        assertThat(startup.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);

        consumers = Status.UP;
        assertThat(startup.health().getStatus()).isEqualTo(Status.UP);

        consumers = Status.DOWN;
        declared = false;
        assertThat(startup.health().getStatus()).isEqualTo(Status.UP);
    }
}
