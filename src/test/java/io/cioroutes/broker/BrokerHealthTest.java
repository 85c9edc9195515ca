package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/** What the health says of a broker that is there, and of one that is not. */
class BrokerHealthTest {

    @Test
    void whatItIs() {
        TestBroker broker = TestBroker.get();
        var connections = new CachingConnectionFactory(broker.host(), broker.port());
        connections.setUsername(broker.username());
        connections.setPassword(broker.password());
        connections.setVirtualHost(broker.virtualHost());
        try {
            assertThat(health(connections, broker.port()).getStatus()).isEqualTo(Status.UP);
        } finally {
            connections.destroy();
        }
    }

    @Test
    void whyItCannotBeReached() {
        int port = TestBroker.freePort();

        Health health = health(new CachingConnectionFactory("localhost", port), port);

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails().get("cause").toString())
                .contains("localhost:" + port, "refused", "connects by itself");
    }

    private static Health health(CachingConnectionFactory connections, int port) {
        return new BrokerHealth(connections, new BrokerStatus() {
                    @Override
                    public BrokerInfo info() {
                        return new BrokerInfo(false, "localhost", port, "/", "", "");
                    }

                    @Override
                    public boolean topologyDeclared() {
                        return false;
                    }

                    @Override
                    public Optional<String> problem() {
                        return Optional.empty();
                    }
                })
                .health();
    }
}
