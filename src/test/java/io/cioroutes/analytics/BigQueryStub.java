package io.cioroutes.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cioroutes.analytics.TableSchema.Column;
import io.cioroutes.analytics.TableSchema.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * BigQuery's REST API as far as this service uses it: {@code insertAll} with its checks of rows against the tables'
 * schemas, partial failures and insert ids, and an answer to queries. It fails as told.
 */
public final class BigQueryStub implements AutoCloseable {
    public static final String PROJECT = "test-project";
    public static final String DATASET = "customerio";

    private static final Pattern INSERT_ALL =
            Pattern.compile("/bigquery/v2/projects/([^/]+)/datasets/([^/]+)/tables/([^/]+)/insertAll");
    private static final String DATASET_PATH = "/bigquery/v2/projects/" + PROJECT + "/datasets/" + DATASET;
    private static final Pattern TABLE =
            Pattern.compile("/bigquery/v2/projects/([^/]+)/datasets/([^/]+)/tables/([^/]+)");
    private static final JsonMapper JSON = new JsonMapper();

    /** An answer in place of the right one: a status, and the reason in Google's error format. */
    public record Failure(int status, String reason) {}

    private final Map<String, Map<String, ObjectNode>> tables = new ConcurrentHashMap<>();
    private final Deque<Failure> failures = new ArrayDeque<>();
    private final List<Integer> batchSizes = new ArrayList<>();
    private final HttpServer server;
    private Predicate<JsonNode> bad = row -> false;
    private Predicate<JsonNode> spoiling = row -> false;
    private Predicate<JsonNode> busy = row -> false;
    private Failure outage;
    private UnaryOperator<JsonNode> tableChange = columns -> columns;
    private JsonNode lastQuery;
    private JsonNode queryAnswer;
    private int requests;

    public BigQueryStub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", this::handle);
        server.start();
    }

    /** Settings that point the service here. */
    public Map<String, String> properties() {
        return Map.of(
                "cio.bigquery.project", PROJECT,
                "cio.bigquery.dataset", DATASET,
                "cio.bigquery.endpoint",
                        "http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The rows of a table by insert id: as in BigQuery, a row inserted again under its id is there once. */
    public Map<String, ObjectNode> rows(String table) {
        return tables.computeIfAbsent(table, name -> new ConcurrentHashMap<>());
    }

    /** Sizes of the requests that were answered. */
    public synchronized List<Integer> batchSizes() {
        return List.copyOf(batchSizes);
    }

    /** Inserts so far, answered or not. */
    public synchronized int requests() {
        return requests;
    }

    /** The next requests fail, one for each. */
    public synchronized void failNext(Failure... next) {
        failures.addAll(List.of(next));
    }

    /** Every request fails from now on; null ends it. */
    public synchronized void outage(Failure failure) {
        outage = failure;
    }

    /** Rows that BigQuery finds invalid, beside those that do not fit the schema. */
    public synchronized void refuseRows(Predicate<JsonNode> rows) {
        bad = rows;
    }

    /** Rows that make BigQuery refuse their whole request. */
    public synchronized void refuseRequestsWith(Predicate<JsonNode> rows) {
        spoiling = rows;
    }

    /** Rows that the next request to have them does not get in, through no fault of theirs. */
    public synchronized void tooBusyOnceFor(Predicate<JsonNode> rows) {
        busy = rows;
    }

    /** Tables have other columns than the service's schemas say; a table of null does not exist. */
    public synchronized void changeTables(UnaryOperator<JsonNode> change) {
        tableChange = change;
    }

    /** What the next query answers; the query itself is returned by {@link #lastQuery()}. */
    public synchronized void answerQueries(JsonNode answer) {
        queryAnswer = answer;
    }

    public synchronized JsonNode lastQuery() {
        return lastQuery;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = JSON.readTree(body(exchange));
            Matcher table = TABLE.matcher(exchange.getRequestURI().getPath());
            if (table.matches() && exchange.getRequestMethod().equals("GET")) {
                describe(exchange, table.group(3));
                return;
            }
            Matcher insert = INSERT_ALL.matcher(exchange.getRequestURI().getPath());
            if (insert.matches()) {
                insertAll(exchange, insert, request);
            } else if (exchange.getRequestURI().getPath().equals("/bigquery/v2/projects/" + PROJECT + "/queries")) {
                synchronized (this) {
                    lastQuery = request;
                    answer(exchange, 200, queryAnswer);
                }
            } else if (exchange.getRequestURI().getPath().equals(DATASET_PATH)) {
                dataset(exchange);
            } else {
                answer(exchange, 404, error(new Failure(404, "notFound")));
            }
        }
    }

    private synchronized void dataset(HttpExchange exchange) throws IOException {
        if (outage != null) {
            answer(exchange, outage.status(), error(outage));
            return;
        }
        ObjectNode answer = JSON.createObjectNode().put("kind", "bigquery#dataset");
        answer.putObject("datasetReference").put("projectId", PROJECT).put("datasetId", DATASET);
        answer(exchange, 200, answer);
    }

    private synchronized void describe(HttpExchange exchange, String table) throws IOException {
        JsonNode columns = outage == null
                ? tableChange.apply(
                        JSON.readTree(BigQueryStub.class.getResourceAsStream("/analytics/" + table + ".json")))
                : null;
        if (columns == null) {
            Failure failure = outage == null ? new Failure(404, "notFound") : outage;
            answer(exchange, failure.status(), error(failure));
            return;
        }
        ObjectNode answer = JSON.createObjectNode().put("type", "TABLE");
        answer.putObject("tableReference")
                .put("projectId", PROJECT)
                .put("datasetId", DATASET)
                .put("tableId", table);
        answer.putObject("schema").set("fields", columns);
        answer(exchange, 200, answer);
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        InputStream body = exchange.getRequestBody();
        return "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                ? new GZIPInputStream(body).readAllBytes()
                : body.readAllBytes();
    }

    private synchronized void insertAll(HttpExchange exchange, Matcher path, JsonNode request) throws IOException {
        requests++;
        Failure failure = outage != null ? outage : failures.poll();
        if (failure != null) {
            answer(exchange, failure.status(), error(failure));
            return;
        }
        TableSchema schema = TableSchema.ALL.get(path.group(3));
        if (!path.group(1).equals(PROJECT) || !path.group(2).equals(DATASET) || schema == null) {
            answer(exchange, 404, error(new Failure(404, "notFound")));
            return;
        }
        JsonNode rows = request.get("rows");
        for (JsonNode row : rows) {
            if (spoiling.test(row.get("json"))) {
                answer(exchange, 400, error(new Failure(400, "badRequest")));
                return;
            }
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode errors = answer.putArray("insertErrors");
        boolean skipInvalid = request.path("skipInvalidRows").asBoolean();
        List<Integer> good = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            String problem = problem(schema.columns(), rows.get(i).get("json"));
            if (problem == null && bad.test(rows.get(i).get("json"))) {
                problem = "told to refuse it";
            }
            if (problem == null && busy.test(rows.get(i).get("json"))) {
                addError(errors, i, "backendError", "busy");
            } else if (problem == null) {
                good.add(i);
            } else {
                addError(errors, i, "invalid", problem);
            }
        }
        if (good.size() == rows.size() || skipInvalid) {
            for (int i : good) {
                rows(schema.name()).put(rows.get(i).get("insertId").asText(), (ObjectNode)
                        rows.get(i).get("json"));
            }
        } else {
            good.forEach(i -> addError(errors, i, "stopped", ""));
        }
        busy = row -> false;
        batchSizes.add(rows.size());
        answer(exchange, 200, answer);
    }

    private static void addError(ArrayNode errors, int index, String reason, String message) {
        ObjectNode error = errors.addObject().put("index", index);
        error.putArray("errors")
                .addObject()
                .put("reason", reason)
                .put("location", "")
                .put("message", message);
    }

    private static String problem(List<Column> columns, JsonNode row) {
        for (var names = row.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (columns.stream().noneMatch(column -> column.name().equals(name))) {
                return "no such field: " + name;
            }
        }
        for (Column column : columns) {
            JsonNode value = row.path(column.name());
            if (value.isMissingNode()) {
                if (column.mode() == Mode.REQUIRED) {
                    return "missing required field: " + column.name();
                }
            } else if (!fits(column, value)) {
                return column.name() + " is no " + column.type();
            }
        }
        return null;
    }

    private static boolean fits(Column column, JsonNode value) {
        if (column.mode() == Mode.REPEATED) {
            for (JsonNode element : value) {
                if (problem(column.fields(), element) != null) {
                    return false;
                }
            }
            return value.isArray();
        }
        return switch (column.type()) {
            case STRING -> value.isTextual();
            case INTEGER -> value.isIntegralNumber();
            case BOOLEAN -> value.isBoolean();
            case TIMESTAMP -> value.asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
            case JSON -> value.isTextual() && isJson(value.asText());
            case BYTES -> value.isTextual() && Base64.getDecoder().decode(value.asText()) != null;
            case RECORD -> problem(column.fields(), value) == null;
        };
    }

    private static boolean isJson(String text) {
        try {
            return !JSON.readTree(text).isMissingNode();
        } catch (IOException e) {
            return false;
        }
    }

    private static JsonNode error(Failure failure) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode error =
                root.putObject("error").put("code", failure.status()).put("message", "stub: " + failure.reason());
        error.putArray("errors")
                .addObject()
                .put("reason", failure.reason())
                .put("message", "stub: " + failure.reason());
        return root;
    }

    private static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
