package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cioroutes.command.CommandType;
import io.cioroutes.reliability.ServiceProcess.Exit;
import io.cioroutes.sandbox.Fault;
import io.cioroutes.sandbox.ScriptedReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The service ends in the middle of the work: by SIGKILL and by SIGTERM. */
class CrashIT extends CrashScenarios {

    @Test
    void killedTwiceUnderLoad() {
        Ledger ledger = new Ledger(sandbox, MANY);
        CompletableFuture<Void> load = publisher.publishInBackground(ledger.messages(Message::mixed));
        for (int delivered : List.of(MANY / 10, MANY / 2)) {
            ledger.awaitDelivered(delivered);
            services.peek().kill();
            instances(1);
        }
        load.join();
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isLessThanOrEqualTo(2 * IN_FLIGHT);
        ledger.assertEventsCountedOnce(MANY / 2);
    }

    @Test
    void terminatedUnderLoad() {
        Ledger ledger = new Ledger(sandbox, MANY);
        publisher.publish(ledger.messages(Message::mixed));
        ledger.awaitDelivered(MANY / 10);
        Exit exit = services.peek().terminate();
        assertThat(exit.code()).isEqualTo(143);
        assertThat(exit.after()).isLessThan(STOP);
        assertThat(ledger.delivered()).isLessThan(MANY);
        assertThat(ledger.delivered() + ready()).isEqualTo(MANY);

        instances(1);
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void terminatedWhileTheBreakerIsOpen() {
        Ledger ledger = new Ledger(sandbox, MANY);
        sandbox.fault(Fault.status(503));
        publisher.publish(ledger.messages(Message::mixed));
        await().until(() ->
                "OUT_OF_SERVICE".equals(services.peek().health().path("status").asText()));
        assertThat(services.peek().terminate().after()).isLessThan(STOP);
        assertThat(ready()).isEqualTo(MANY);

        sandbox.fault();
        instances(1);
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void terminatedWhileCommandsWaitForTheirNextAttempt() {
        Ledger ledger = new Ledger(sandbox, 100);
        sandbox.fault();
        sandbox.script(ScriptedReply.status(429).header("Retry-After", "50").times(2));
        publisher.publish(ledger.messages(Message::event));
        // One request or several, as they come.
        await().until(() -> sandbox.stats().requests() >= 1 && services.peek().held() == 100 - ledger.delivered());
        assertThat(services.peek().terminate().after()).isLessThan(Duration.ofSeconds(6));
        assertThat(ready()).isEqualTo(100 - ledger.delivered());

        instances(1);
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void oneOfTwoInstancesKilled() {
        instances(2);
        Ledger ledger = new Ledger(sandbox, MANY);
        CompletableFuture<Void> load = publisher.publishInBackground(ledger.messages(Message::mixed));
        ledger.awaitDelivered(MANY / 3);
        services.pop().kill();
        load.join();
        ledger.awaitAllDelivered();
        assertThat(ledger.duplicates()).isLessThanOrEqualTo(IN_FLIGHT);
        ledger.assertEventsCountedOnce(MANY / 2);
    }

    private long ready() {
        return queues.ready(CommandType.IDENTIFY.queue()) + queues.ready(CommandType.TRACK.queue());
    }
}
