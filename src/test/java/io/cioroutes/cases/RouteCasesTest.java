package io.cioroutes.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.rabbitmq.client.Connection;
import io.cioroutes.broker.RetrySteps;
import io.cioroutes.broker.TestBroker;
import io.cioroutes.command.RequestMeaning;
import io.cioroutes.sandbox.RecordedRequest;
import io.cioroutes.sandbox.SandboxServer;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Runs every case under {@code src/test/resources/cases}, whose folders mirror {@code routes/}, on the real routes. */
@CamelSpringBootTest
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"cio.routes.directory=routes,examples/flows,src/test/resources/flows"})
@DirtiesContext
class RouteCasesTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path CASES = Path.of("src/test/resources/cases");
    private static final Path FLOWS = Path.of("examples/flows/cases");

    @Autowired
    private SandboxServer sandbox;

    @Autowired
    private CircuitBreakerRegistry breakers;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private RetrySteps retrySteps;

    @DynamicPropertySource
    static void broker(DynamicPropertyRegistry registry) {
        RouteCaseRunner.SETTINGS.forEach((name, value) -> registry.add(name, () -> value));
        TestBroker.get().springProperties().forEach((name, value) -> registry.add(name, () -> value));
    }

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        Connection connection = TestBroker.get().connect();
        var runner = new RouteCaseRunner(connection, sandbox, breakers, meters, retrySteps);
        List<Path> files = new ArrayList<>();
        for (Path folder : List.of(CASES, FLOWS)) {
            try (Stream<Path> found = Files.walk(folder)) {
                found.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(files::add);
            }
        }
        assertThat(files).as("cases under %s", CASES).isNotEmpty();
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.toString(), file.toUri(), () -> {
                    RouteCase routeCase = RouteCase.read(file);
                    assertThat(runner.run(routeCase)).as(routeCase.name()).isEmpty();
                }));
    }

    /** The same comparison as GoldenTest's, but all the way: published over AMQP, received by the API. */
    @TestFactory
    Stream<DynamicTest> theApiReceivesWhatTheSdkSends() throws IOException {
        var runner = new RouteCaseRunner(TestBroker.get().connect(), sandbox, breakers, meters, retrySteps);
        JsonNode golden =
                YAML.readTree(Path.of("src/test/resources/commands/golden.yaml").toFile());
        return StreamSupport.stream(golden.spliterator(), false)
                .map(request -> DynamicTest.dynamicTest(request.get("name").asText(), () -> {
                    var message = new RouteCase.Message(
                            request.get("command").asText(),
                            null,
                            request.get("body"),
                            null,
                            null,
                            "delivered",
                            null,
                            null,
                            null,
                            null);
                    // What the API makes of it (a broadcast to people it does not know) is another matter.
                    runner.run(new RouteCase("golden", false, List.of(message), null, null));
                    assertThat(sandbox.requests()).hasSize(1);
                    RecordedRequest received = sandbox.requests().get(0);
                    JsonNode body = YAML.readTree(received.body().isEmpty() ? "{}" : received.body());
                    JsonNode sdk = request.get("sdk");
                    assertThat(RequestMeaning.of(received.method() + " " + received.path(), (ObjectNode)
                                    (body.has("batch") ? body.get("batch").get(0) : body)))
                            .isEqualTo(RequestMeaning.of(
                                    sdk.get("call").asText(),
                                    sdk.has("body") ? sdk.get("body").deepCopy() : YAML.createObjectNode()));
                }));
    }
}
