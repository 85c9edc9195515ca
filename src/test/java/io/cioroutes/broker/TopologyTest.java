package io.cioroutes.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.amqp.RabbitAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class TopologyTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withInitializer(new ConfigDataApplicationContextInitializer())
            .withConfiguration(AutoConfigurations.of(RabbitAutoConfiguration.class))
            .withUserConfiguration(BrokerTopology.class, BrokerConfiguration.class);

    @Test
    void declaresTwice() throws Exception {
        TestBroker broker = TestBroker.get();
        for (int i = 0; i < 2; i++) {
            runner.withPropertyValues(broker.propertyValues()).run(context -> {
                assertThat(context).hasNotFailed();
                BrokerStatus status = context.getBean(BrokerStatus.class);
                assertThat(status.problem()).isEmpty();
                assertThat(status.topologyDeclared()).isTrue();
                System.out.println(status.info());
            });
        }
    }
}
