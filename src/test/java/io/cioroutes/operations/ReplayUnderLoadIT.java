package io.cioroutes.operations;

import io.cioroutes.broker.TestBroker;
import org.junit.jupiter.api.Test;

/** On a real RabbitMQ: 10,000 dead letters, 10,000 new commands. */
class ReplayUnderLoadIT extends ProdService {

    @Test
    void nothingIsLostAndNothingIsDoubled() throws Exception {
        TestBroker broker = TestBroker.realOnly();

        new ReplayUnderLoad(broker.uri(), SANDBOX, (path, body) -> (body == null ? get(path) : post(path, body)).json())
                .run(10_000, 100);
    }
}
