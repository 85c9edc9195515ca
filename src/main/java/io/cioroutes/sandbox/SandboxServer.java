package io.cioroutes.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cioroutes.sandbox.Faults.Verdict;
import io.cioroutes.sandbox.ScriptedReply.Action;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stand-in for Customer.io on 127.0.0.1: the Track API ({@code /api/v1}, {@code /api/v2}) and the App API
 * ({@code /v1}) under one base URL, a page that shows what arrives ({@code /}), and controls for tests and
 * demonstrations ({@code /sandbox/…}). It checks requests as the real API does, keeps everything in memory, and sends
 * nothing anywhere.
 */
public final class SandboxServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxServer.class);

    static {
        // Without this the second packet of each answer waits for the client's acknowledgement, up to 40 ms.
        setIfAbsent("sun.net.httpserver.nodelay", "true");
        // The default of 200 kept connections is less than a load test opens.
        setIfAbsent("sun.net.httpserver.maxIdleConnections", "1000");
    }

    private final SandboxOptions options;
    private final Stats stats = new Stats();
    private final Faults faults = new Faults();
    private final Workspace workspace;
    private final Requests requests;
    private final SentWebhooks webhooks = new SentWebhooks();
    private final TrackV1Api trackV1;
    private final TrackV2Api trackV2;
    private final AppApi app;
    private final Controls controls;
    private final ThreadPoolExecutor workers;
    private final ScheduledExecutorService timer;
    private final int port;
    private HttpServer http;

    private SandboxServer(SandboxOptions options) {
        this.options = options;
        this.workspace = new Workspace(options, stats);
        this.requests = new Requests(options);
        this.trackV1 = new TrackV1Api(options, workspace, stats);
        this.trackV2 = new TrackV2Api(workspace, stats);
        this.app = new AppApi(options, workspace, stats);
        this.controls = new Controls(this, workspace, requests, webhooks, stats, faults);
        // When all threads are busy and the queue is full, the accepting thread helps out and so slows the intake.
        this.workers = new ThreadPoolExecutor(
                options.threads(),
                options.threads(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(10 * options.threads()),
                daemons("sandbox-"),
                new ThreadPoolExecutor.CallerRunsPolicy());
        this.timer = Executors.newSingleThreadScheduledExecutor(daemons("sandbox-timer-"));
        this.http = bind(options.port());
        this.port = http.getAddress().getPort();
    }

    /** Starts a sandbox. Where the port of the options is taken, a free one is used: ask {@link #port()}. */
    public static SandboxServer start(SandboxOptions options) {
        SandboxServer server = new SandboxServer(options);
        server.http.start();
        return server;
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private HttpServer bind(int wanted) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try {
            HttpServer server;
            try {
                server = HttpServer.create(new InetSocketAddress(loopback, wanted), 0);
            } catch (BindException e) {
                if (http != null) {
                    throw e; // Listening again: clients know this port.
                }
                server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
                LOG.info(
                        "Port {} is taken; the sandbox uses {}",
                        wanted,
                        server.getAddress().getPort());
            }
            server.setExecutor(workers);
            server.createContext("/", this::handle);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("The sandbox cannot listen on port " + wanted, e);
        }
    }

    /** The port in use. */
    public int port() {
        return port;
    }

    /** Base URL of the Track API and of the App API, and address of the page. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public synchronized void close() {
        controls.close();
        timer.shutdownNow();
        http.stop(0);
        workers.shutdownNow();
    }

    /** Stops listening and drops all connections, as an outage would; what was received is kept. */
    public synchronized void stopListening() {
        http.stop(0);
    }

    /** Listens again, on the same port. */
    public synchronized void listenAgain() {
        http = bind(port);
        http.start();
    }

    // ---- for tests and demonstrations, as under /sandbox/…

    /** Adds scripted replies; they are used in order, each for the first request that it matches. */
    public void script(ScriptedReply... replies) {
        faults.script(List.of(replies));
    }

    /** Replaces the standing faults; without arguments, clears them. */
    public void fault(Fault... standing) {
        faults.fault(List.of(standing));
    }

    /** The recorded API requests, oldest first. */
    public List<RecordedRequest> requests() {
        return requests.since(0, Integer.MAX_VALUE);
    }

    /** Counts since the start or the last reset. */
    public SandboxStats stats() {
        return stats.snapshot();
    }

    /** API requests received in the last whole second. */
    public long requestsInLastSecond() {
        return stats.seconds(1).get(0).requests();
    }

    /** Values of {@code seq} from {@code from} to {@code to} that no accepted operation has carried. */
    public List<Integer> missing(int from, int to) {
        return stats.missing(from, to, Integer.MAX_VALUE);
    }

    /** All people, the one who changed last first. */
    public List<Profile> people() {
        return workspace.people("", 0, Integer.MAX_VALUE);
    }

    /**
     * The person of this identifier, read as a Track v1 path would be: an e-mail address, {@code cio_…}, or an id.
     *
     * @return null where there is none; a suppressed person is returned as such
     */
    public Profile person(String identifier) {
        return workspace.find(Identifier.ofPath(identifier));
    }

    /** Events and changes, newest first. */
    public List<Activity> activities() {
        return workspace.activities(Long.MAX_VALUE, 0, Integer.MAX_VALUE, null, Set.of());
    }

    /** Transactional sends and broadcasts, newest first. */
    public List<Message> messages() {
        return workspace.messages(Long.MAX_VALUE, 0, Integer.MAX_VALUE, null);
    }

    /** Tells this listener of everything that is accepted from now on. */
    public void addListener(SandboxListener listener) {
        workspace.addListener(listener);
    }

    /** The webhooks that were sent for what was accepted. */
    public SentWebhooks webhooks() {
        return webhooks;
    }

    /**
     * Notes a metric of a delivery, which the API then tells of it; of no effect where the delivery is not known.
     *
     * @param timestamp unix seconds
     */
    public void report(String deliveryId, String metric, long timestamp) {
        workspace.metric(deliveryId, metric, timestamp);
    }

    /** Forgets people, events, messages, webhooks, requests, counts, scripted replies and faults. */
    public void reset() {
        workspace.reset();
        requests.reset();
        webhooks.reset();
        stats.reset();
        faults.clearScript();
        faults.fault(List.of());
        app.reset();
    }

    // ---- requests

    private void handle(HttpExchange exchange) throws IOException {
        Call call = Call.read(exchange);
        String first = call.segment(0);
        if (first.isEmpty() || "sandbox".equals(first) || "favicon.ico".equals(first)) {
            controls.handle(call);
            return;
        }
        Verdict verdict = faults.verdict(call);
        Action action = verdict.action();
        boolean applies =
                action == Action.APPLY || action == Action.APPLY_THEN_RESET || action == Action.APPLY_THEN_HANG;
        Answer answer = applies ? answer(call) : verdict.answer();
        boolean answered = action == Action.APPLY || action == Action.REPLY || action == Action.REPLY_THEN_RESET;
        int status = answered ? answer.status() : 0;
        List<String> reasons = answer != null && (applies || status >= 300)
                ? answer.reasons()
                : answered ? List.of() : List.of("no answer, on purpose");
        if (applies && !answer.reasons().isEmpty()) {
            stats.refused(answer.status() == 207 ? answer.reasons().size() : 1);
        }
        stats.request(call.endpoint(), status);
        requests.record(call, status, reasons);
        if (verdict.delayMs() == 0) {
            finish(exchange, action, answer);
        } else {
            timer.schedule(
                    () -> workers.execute(() -> finish(exchange, action, answer)),
                    verdict.delayMs(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private static void finish(HttpExchange exchange, Action action, Answer answer) {
        try (exchange) {
            switch (action) {
                case APPLY, REPLY -> send(exchange, answer);
                case REPLY_THEN_RESET -> sendHalf(exchange, answer);
                default -> {
                    // Closing the exchange without an answer closes the connection.
                }
            }
        } catch (IOException e) {
            LOG.debug("The client of {} did not wait for the answer", exchange.getRequestURI(), e);
        }
    }

    static void send(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = answer.body();
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private static void sendHalf(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = answer.body();
        exchange.sendResponseHeaders(answer.status(), body.length + 1);
        OutputStream out = exchange.getResponseBody();
        out.write(body, 0, body.length / 2);
        out.flush();
    }

    private Answer answer(Call call) {
        try {
            Answer answer = route(call);
            return answer != null ? answer : AppApi.notFound();
        } catch (Refused e) {
            return e.answer();
        } catch (RuntimeException e) {
            LOG.error(
                    "The sandbox failed at {} {}: this is a defect of the sandbox", call.method(), call.endpoint(), e);
            return Answer.empty(500, "defect of the sandbox: " + e);
        }
    }

    private Answer route(Call call) {
        String first = call.segment(0);
        String second = call.segment(1);
        if ("api".equals(first) && ("v1".equals(second) || "v2".equals(second))) {
            boolean v1 = "v1".equals(second);
            if (!trackLogin(call)) {
                call.endpoint("/api/" + second + "/…");
                return v1
                        ? Answer.metaError(401, "Unauthorized request")
                        : Answer.problems(401, List.of(Problem.invalid("Authorization", "Unauthorized request")));
            }
            return v1 ? trackV1.handle(call) : trackV2.handle(call);
        }
        if ("v1".equals(first)) {
            if (!appLogin(call)) {
                call.endpoint("/v1/…");
                return "send".equals(second)
                        ? Answer.metaError(401, "unauthorized")
                        : Answer.detail(401, "unauthorized");
            }
            return app.handle(call);
        }
        if ("unsubscribe".equals(first) && call.segments().size() == 2 && "POST".equals(call.method())) {
            return trackV1.unsubscribe(call);
        }
        return null;
    }

    private boolean trackLogin(Call call) {
        return authorized(call, "Basic ", options.siteId().isEmpty() ? "" : basic());
    }

    private String basic() {
        String login = options.siteId() + ":" + options.trackApiKey();
        return Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    private boolean appLogin(Call call) {
        return authorized(call, "Bearer ", options.appApiKey());
    }

    /** True where the header has the scheme and, if a secret is configured, this secret. */
    private static boolean authorized(Call call, String scheme, String secret) {
        String header = call.header("Authorization");
        if (!header.regionMatches(true, 0, scheme, 0, scheme.length())) {
            return false;
        }
        String given = header.substring(scheme.length()).strip();
        return secret.isEmpty()
                ? !given.isEmpty()
                : MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }
}
