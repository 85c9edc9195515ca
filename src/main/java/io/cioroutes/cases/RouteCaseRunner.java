package io.cioroutes.cases;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.cioroutes.broker.RetryStep;
import io.cioroutes.broker.RetrySteps;
import io.cioroutes.command.CommandType;
import io.cioroutes.sandbox.RecordedRequest;
import io.cioroutes.sandbox.SandboxServer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs {@link RouteCase}s against a running service, its broker and the sandbox. The retry queues of that service must
 * be so slow that a parked message is still there to be looked at.
 */
public final class RouteCaseRunner {

    /** What a service must be set to, for cases to be quick and certain. */
    public static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("cio.roles", "commands"),
            Map.entry("cio.sandbox.port", "0"),
            Map.entry("cio.sandbox.broadcast-interval", "0s"),
            Map.entry("cio.broadcast.rate-period", "20"),
            // Long enough for the messages of one case to meet in one batch.
            Map.entry("cio.track.batch-interval", "150ms"),
            Map.entry("cio.delivery.first-delay", "40ms"),
            Map.entry("cio.delivery.max-retry-after", "2s"),
            Map.entry("cio.delivery.hold-delay", "20ms"),
            Map.entry("cio.breaker.probe-interval", "100ms"),
            // Cases compare all requests.
            Map.entry("cio.observe.credentials-delay", "1h"),
            Map.entry("cio.http.response-timeout", "700"),
            // A parked message must still be there when the case looks for it.
            Map.entry("cio.retry.delays", "1h,2h"));

    private static final String INDEX = "x-case-message";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Set<String> AS_DELIVERED = Set.of("repeated", "ignored");
    private static final int TRIES = 10;
    private static final JsonMapper JSON = new JsonMapper();

    private final Connection connection;
    private final SandboxServer sandbox;
    private final CircuitBreakerRegistry breakers;
    private final MeterRegistry meters;
    private final RetrySteps retrySteps;

    /** @param connection to the service's broker, as a publisher has one */
    public RouteCaseRunner(
            Connection connection,
            SandboxServer sandbox,
            CircuitBreakerRegistry breakers,
            MeterRegistry meters,
            RetrySteps retrySteps) {
        this.connection = connection;
        this.sandbox = sandbox;
        this.breakers = breakers;
        this.meters = meters;
        this.retrySteps = retrySteps;
    }

    /**
     * Runs a case.
     *
     * @return what differs from what the case expects, in words; empty when it holds
     */
    public List<String> run(RouteCase routeCase) throws IOException, TimeoutException {
        for (int i = 0; i < TRIES; i++) {
            List<String> differences = runOnce(routeCase);
            if (!routeCase.together() || cameTogether(routeCase)) {
                return differences;
            }
        }
        return List.of("the messages did not come together in one batch, in " + TRIES + " tries");
    }

    private boolean cameTogether(RouteCase routeCase) {
        List<RecordedRequest> requests = sandbox.requests();
        return !requests.isEmpty()
                && json(requests.get(0).body()).path("batch").size()
                        == routeCase.messages().size();
    }

    private List<String> runOnce(RouteCase routeCase) throws IOException, TimeoutException {
        try (Channel channel = connection.createChannel()) {
            reset(channel, routeCase.messages());
            if (routeCase.api() != null) {
                routeCase.api().forEach(sandbox::script);
            }
            long before = settled();
            String replies = publish(channel, routeCase.messages());
            List<String> differences = new ArrayList<>();
            if (!await(() -> settled() - before >= routeCase.messages().size())) {
                differences.add(
                        "after " + PATIENCE.toSeconds() + " s only " + (settled() - before) + " messages were settled");
            }
            compareOutcomes(channel, routeCase.messages(), differences);
            compareReplies(channel, replies, routeCase.messages(), differences);
            if (routeCase.requests() != null) {
                compareRequests(routeCase.requests(), differences);
            }
            return differences;
        }
    }

    private void reset(Channel channel, List<RouteCase.Message> messages) throws IOException {
        sandbox.reset();
        breakers.getAllCircuitBreakers().forEach(CircuitBreaker::reset);
        for (String queue : deadLetterQueues(messages)) {
            channel.queuePurge(queue);
        }
        for (RetryStep step : retrySteps.all()) {
            channel.queuePurge(step.exchange());
        }
    }

    private static Set<String> deadLetterQueues(List<RouteCase.Message> messages) {
        Stream<String> commands = Arrays.stream(CommandType.values()).map(CommandType::deadLetterQueue);
        Stream<String> flows = messages.stream().map(message -> message.destination() + ".dlq");
        return Stream.concat(commands, flows).collect(Collectors.toCollection(TreeSet::new));
    }

    /** How many commands the service has settled since its start. */
    private long settled() {
        return meters.find("cio.commands").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private String publish(Channel channel, List<RouteCase.Message> messages) throws IOException, TimeoutException {
        channel.confirmSelect();
        String replies = channel.queueDeclare().getQueue();
        for (int i = 0; i < messages.size(); i++) {
            RouteCase.Message message = messages.get(i);
            byte[] body = message.text() != null
                    ? message.text().getBytes(StandardCharsets.UTF_8)
                    : JSON.writeValueAsBytes(message.body());
            if (message.queue() == null) {
                channel.basicPublish("cio", message.command(), true, properties(message, i, replies), body);
            } else {
                channel.basicPublish("", message.queue(), true, properties(message, i, replies), body);
            }
        }
        try {
            channel.waitForConfirmsOrDie(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while publishing", e);
        }
        return replies;
    }

    private static AMQP.BasicProperties properties(RouteCase.Message message, int index, String replies) {
        Map<String, Object> headers = new HashMap<>();
        var builder = new AMQP.BasicProperties.Builder().deliveryMode(2).contentType("application/json");
        RouteCase.Properties given = message.properties();
        if (given != null) {
            builder.messageId(given.messageId()).expiration(given.expiration());
            if (given.contentType() != null) {
                builder.contentType(given.contentType());
            }
            if (given.timestamp() != null) {
                builder.timestamp(new Date(given.timestamp() * 1000));
            }
            if (given.headers() != null) {
                headers.putAll(given.headers());
            }
        }
        headers.put(INDEX, index);
        if (message.reply() != null) {
            builder.replyTo(replies).correlationId("case-" + index);
        }
        return builder.headers(headers).build();
    }

    private void compareOutcomes(Channel channel, List<RouteCase.Message> messages, List<String> differences)
            throws IOException {
        Map<Integer, AMQP.BasicProperties> deadLetters = new HashMap<>();
        Map<Integer, byte[]> bodies = new HashMap<>();
        for (String queue : deadLetterQueues(messages)) {
            drain(channel, queue, deadLetters, bodies);
        }
        Map<Integer, AMQP.BasicProperties> parked = new HashMap<>();
        for (RetryStep step : retrySteps.all()) {
            drain(channel, step.exchange(), parked, bodies);
        }
        for (int i = 0; i < messages.size(); i++) {
            RouteCase.Message message = messages.get(i);
            AMQP.BasicProperties found = deadLetters.getOrDefault(i, parked.get(i));
            String actual = deadLetters.containsKey(i)
                    ? header(found, "x-cio-reason")
                    : parked.containsKey(i) ? "parked" : "delivered";
            // A send made before, or a message that asks for nothing, is acknowledged like a delivered one; only the
            // requests tell the two apart.
            String expected = AS_DELIVERED.contains(message.outcome()) ? "delivered" : message.outcome();
            String where = "message " + i;
            if (!actual.equals(expected)) {
                differences.add(where + ": expected " + expected + ", but it is " + actual
                        + (found == null ? "" : " (" + header(found, "x-cio-error") + ")"));
            } else if (found != null) {
                compareFailure(where, message, found, differences);
                byte[] original = message.text() != null
                        ? message.text().getBytes(StandardCharsets.UTF_8)
                        : JSON.writeValueAsBytes(message.body());
                if (!Arrays.equals(original, bodies.get(i))) {
                    differences.add(where + ": the copy's body is not the original's, byte for byte");
                }
            }
        }
    }

    private static void compareFailure(
            String where, RouteCase.Message message, AMQP.BasicProperties found, List<String> differences) {
        compare(where + " status", message.status(), header(found, "x-cio-status"), differences);
        compare(where + " attempts", message.attempts(), header(found, "x-cio-attempts"), differences);
        String error = header(found, "x-cio-error");
        if (message.error() != null && !error.contains(message.error())) {
            differences.add(where + ": expected an error with '" + message.error() + "', but it is '" + error + "'");
        }
    }

    private static void compare(String what, Object expected, String actual, List<String> differences) {
        if (expected != null && !expected.toString().equals(actual)) {
            differences.add(what + ": expected " + expected + ", but it is " + actual);
        }
    }

    private static String header(AMQP.BasicProperties properties, String name) {
        return String.valueOf(properties.getHeaders().get(name));
    }

    private static void drain(
            Channel channel, String queue, Map<Integer, AMQP.BasicProperties> found, Map<Integer, byte[]> bodies)
            throws IOException {
        for (GetResponse next = channel.basicGet(queue, true); next != null; next = channel.basicGet(queue, true)) {
            int index = ((Number) next.getProps().getHeaders().get(INDEX)).intValue();
            found.put(index, next.getProps());
            bodies.put(index, next.getBody());
        }
    }

    private void compareReplies(
            Channel channel, String queue, List<RouteCase.Message> messages, List<String> differences)
            throws IOException {
        Map<String, JsonNode> replies = new HashMap<>();
        long wanted =
                messages.stream().filter(message -> message.reply() != null).count();
        await(() -> {
            GetResponse next = channel.basicGet(queue, true);
            if (next != null) {
                replies.put(
                        next.getProps().getCorrelationId(), json(new String(next.getBody(), StandardCharsets.UTF_8)));
            }
            return replies.size() >= wanted;
        });
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).reply() != null) {
                differences.addAll(JsonSubset.differences(
                        "reply to message " + i, messages.get(i).reply(), replies.get("case-" + i)));
            }
        }
    }

    private void compareRequests(List<RouteCase.Request> expected, List<String> differences) {
        List<RecordedRequest> actual = sandbox.requests();
        if (expected.size() != actual.size()) {
            differences.add("expected " + expected.size() + " requests, but there were " + actual.size()
                    + actual.stream()
                            .map(r -> "\n        " + r.method() + " " + r.path() + " " + r.body())
                            .collect(Collectors.joining()));
        }
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            RouteCase.Request request = expected.get(i);
            RecordedRequest found = actual.get(i);
            String where = "request " + i;
            compare(where, request.request(), found.method() + " " + found.path(), differences);
            if (request.body() != null) {
                differences.addAll(JsonSubset.differences(where, request.body(), json(found.body())));
            }
            if (request.headers() != null) {
                request.headers()
                        .forEach((name, value) -> compare(
                                where + " header " + name,
                                value,
                                found.headers().get(name.toLowerCase()),
                                differences));
            }
            if (request.without() != null) {
                request.without().stream()
                        .filter(name -> found.headers().containsKey(name.toLowerCase()))
                        .forEach(name -> differences.add(where + ": the header " + name + " must not be there"));
            }
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JSON.getNodeFactory().textNode(text);
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static boolean await(Condition condition) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        return true;
    }
}
