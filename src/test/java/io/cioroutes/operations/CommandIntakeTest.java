package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.delivery.InFlight;
import io.cioroutes.sandbox.Fault;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Pausing commands, and the circuit breakers, on a real service and broker. */
class CommandIntakeTest extends ProdService {

    private static final String TRACK = "{\"userId\": \"u%1$d\", \"name\": \"order\", \"data\": {\"seq\": %1$d}}";
    private static final String SEND =
            "{\"to\": \"a%1$d@example.com\", \"templateId\": 1, \"data\": {\"seq\": %1$d}, \"identifiers\": {\"id\": \"u%1$d\"}}";

    @Autowired
    private CamelContext camel;

    @Autowired
    private InFlight inFlight;

    @AfterEach
    void resume() {
        post("/actuator/commands", "{\"action\": \"resume\"}");
    }

    @Test
    void pausedCommandsWaitAndOthersFlow() {
        assertThat(state("track")).isEqualTo("running");
        assertThat(post("/actuator/commands/track", "{\"action\": \"pause\"}")
                        .json()
                        .path("commands")
                        .get(0)
                        .path("state")
                        .textValue())
                .isEqualTo("paused");

        publish("track", TRACK, 1, 20);
        publish("identify", "{\"userId\": \"u%1$d\", \"attrs\": {\"seq\": %1$d}}", 101, 20);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(SANDBOX.missing(101, 120)).isEmpty());
        assertThat(waiting("cio.track")).isEqualTo(20);
        assertThat(command("track").path("waiting").intValue()).isEqualTo(20);
        post("/actuator/commands/track", "{\"action\": \"resume\"}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(SANDBOX.missing(1, 20)).isEmpty());
        assertThat(SANDBOX.stats().sequence().duplicates()).isZero();
    }

    /** Two ways to stop a route: the operation for it, and the button of Hawtio, which knows nothing of commands. */
    @Test
    void whatHasBegunIsFinishedAndNothingIsSentTwice() throws Exception {
        SANDBOX.fault(Fault.latency(150));
        publish("track", TRACK, 1, 3000);
        publish("transactional", SEND, 10_001, 100);

        for (int i = 0; i < 6; i++) {
            long before = SANDBOX.stats().operations();
            await().atMost(PATIENCE).until(() -> SANDBOX.stats().operations() > before || waiting("cio.track") == 0);
            if (i % 2 == 0) {
                post("/actuator/commands", "{\"action\": \"pause\"}");
            } else {
                camel.getRouteController().stopRoute("track");
                camel.getRouteController().suspendRoute("transactional");
            }
            assertThat(inFlight.size("cio.track")).isZero();
            assertThat(inFlight.size("cio.transactional")).isZero();
            assertThat(state("track")).isEqualTo("paused");
            camel.getRouteController().startRoute("track");
            camel.getRouteController().startRoute("transactional");
        }
        SANDBOX.fault();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(SANDBOX.missing(1, 3000)).isEmpty();
            assertThat(SANDBOX.missing(10_001, 10_100)).isEmpty();
        });
        assertThat(SANDBOX.stats().sequence().duplicates()).isZero();
        assertThat(waiting("cio.track.dlq")).isZero();
        assertThat(waiting("cio.transactional.dlq")).isZero();
    }

    @Test
    void whatWaitsForCustomerioGoesBackAtOnce() {
        breaker("forceOpen", "track");
        try {
            publish("track", TRACK, 1, 50);
            await().atMost(PATIENCE).until(() -> inFlight.size("cio.track") == 50);
            assertThat(command("track").path("inFlight").intValue()).isEqualTo(50);

            post("/actuator/commands/track", "{\"action\": \"pause\"}");

            await().atMost(PATIENCE).until(() -> waiting("cio.track") == 50);
            assertThat(SANDBOX.stats().requests()).isZero();
        } finally {
            breaker("close", "track");
        }
        post("/actuator/commands/track", "{\"action\": \"resume\"}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(SANDBOX.missing(1, 50)).isEmpty());
        assertThat(SANDBOX.stats().sequence().duplicates()).isZero();
    }

    @Test
    void aBreakerCanBeOpenedAndClosedByHand() {
        breaker("forceOpen", "track");
        assertThat(breaker("list").get(0).path("state").textValue()).isEqualTo("FORCED_OPEN");
        publish("track", TRACK, 1, 5);
        publish("transactional", SEND, 101, 5);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(SANDBOX.missing(101, 105)).isEmpty());
        assertThat(SANDBOX.missing(1, 5)).hasSize(5);
        assertThat(get("/actuator/health").json().path("status").textValue()).isEqualTo("OUT_OF_SERVICE");

        breaker("close", "track");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(SANDBOX.missing(1, 5)).isEmpty());
        assertThat(breaker("reset", "app").path("state").textValue()).isEqualTo("CLOSED");
        assertThat(waiting("cio.track.dlq")).isZero();
    }

    @Test
    void mistakesAreExplained() {
        assertThat(post("/actuator/commands/nothing", "{\"action\": \"pause\"}").body())
                .contains("identify");
        assertThat(post("/actuator/commands/track", "{\"action\": \"halt\"}").body())
                .contains("pause or resume");
    }

    private String state(String command) {
        return command(command).path("state").textValue();
    }

    private JsonNode command(String name) {
        for (JsonNode command : get("/actuator/commands").json().path("commands")) {
            if (command.path("command").textValue().equals(name)) {
                return command;
            }
        }
        throw new AssertionError("no command " + name);
    }

    /** Invokes an operation of the MBean as a script does, and reads the JSON in its answer. */
    private JsonNode breaker(String operation, String... arguments) {
        String list = arguments.length == 0 ? "" : "\"" + arguments[0] + "\"";
        Answer answer = post(
                "/actuator/jolokia",
                "{\"type\": \"exec\", \"mbean\": \"io.cioroutes:type=CircuitBreakers\", \"operation\": \"%s\", \"arguments\": [%s]}"
                        .formatted(operation, list));
        assertThat(answer.json().path("status").intValue()).as(answer.body()).isEqualTo(200);
        return new Answer(200, answer.json().path("value").textValue(), null).json();
    }
}
