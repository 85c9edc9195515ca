package io.cioroutes.broker;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
    @Test
    void starts(@TempDir Path dir) throws Exception {
        for (int i = 0; i < 3; i++) {
            long t = System.nanoTime();
            EmbeddedBroker b = EmbeddedBroker.durable(TestBroker.freePort(), dir);
            System.out.println("start ms " + (System.nanoTime() - t) / 1000000);
            try (var c = TestBroker.connect(b.uri())) {
                System.out.println(c.getServerProperties());
            }
            t = System.nanoTime();
            b.close();
            System.out.println("stop ms " + (System.nanoTime() - t) / 1000000);
            b = EmbeddedBroker.inMemory(TestBroker.freePort());
            b.close();
        }
    }
}
