package io.cioroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the page shows, as server-sent events: first everything recent, then several times a second what is new. Each
 * page asks at its own pace, so that thousands of operations a second cost the page no more than a few.
 */
final class Feed implements AutoCloseable {
    /** Pages open at a time; each takes a thread of its own. */
    private static final int MAX_PAGES = 16;

    private static final long PERIOD_MS = 300;
    private static final int RECENT = 50;
    private static final int SUMMARY = 300;
    private static final int CHART_SECONDS = 90;

    private final Workspace workspace;
    private final Requests requests;
    private final SentWebhooks webhooks;
    private final Stats stats;
    private final AtomicInteger pages = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    Feed(Workspace workspace, Requests requests, SentWebhooks webhooks, Stats stats) {
        this.workspace = workspace;
        this.requests = requests;
        this.webhooks = webhooks;
        this.stats = stats;
    }

    /** How far a page has been told. */
    private record Position(long change, long activity, long message, long refused, long webhook) {
        static final Position START = new Position(0, 0, 0, 0, 0);
    }

    void stream(HttpExchange exchange) throws IOException {
        if (pages.incrementAndGet() > MAX_PAGES) {
            pages.decrementAndGet();
            try (exchange) {
                SandboxServer.send(exchange, Answer.json(503, Map.of("error", "too many pages are open")));
            }
            return;
        }
        Thread thread = new Thread(() -> push(exchange), "sandbox-page");
        thread.setDaemon(true);
        thread.start();
    }

    private void push(HttpExchange exchange) {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.getResponseHeaders().set("Cache-Control", "no-cache");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            Position told = position();
            SandboxStats last = stats.snapshot();
            write(out, "snapshot", snapshot());
            long quiet = 0;
            while (!closed.await(PERIOD_MS, TimeUnit.MILLISECONDS)) {
                SandboxStats now = stats.snapshot();
                Position here = position();
                boolean reset = !now.since().equals(last.since());
                if (reset) {
                    write(out, "snapshot", snapshot());
                } else if (!now.equals(last) || !here.equals(told) || ++quiet % 3 == 0) {
                    write(out, "update", since(told, here, now));
                }
                told = here;
                last = now;
            }
        } catch (IOException e) {
            // The page was closed: nothing to do.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            pages.decrementAndGet();
        }
    }

    private static void write(OutputStream out, String event, Object data) throws IOException {
        out.write(("event: " + event + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        out.write(Json.bytes(data));
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private Position position() {
        return new Position(
                workspace.lastChange(),
                workspace.lastActivity(),
                workspace.lastMessage(),
                requests.lastRefused(),
                webhooks.last());
    }

    /** Everything recent. */
    Map<String, Object> snapshot() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("stats", stats.snapshot());
        state.put("peopleNow", workspace.peopleCount());
        state.put("seconds", stats.seconds(CHART_SECONDS));
        state.put(
                "people",
                workspace.people("", 0, RECENT).stream().map(Feed::summary).toList());
        addNew(state, Position.START);
        return state;
    }

    private Map<String, Object> since(Position told, Position here, SandboxStats now) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("stats", now);
        state.put("peopleNow", workspace.peopleCount());
        state.put("seconds", stats.seconds(3));
        if (here.change() != told.change()) {
            state.put(
                    "people",
                    workspace.changedSince(told.change(), RECENT).stream()
                            .map(Feed::summary)
                            .toList());
        }
        addNew(state, told);
        return state;
    }

    private void addNew(Map<String, Object> state, Position told) {
        state.put(
                "activities",
                workspace.activities(Long.MAX_VALUE, told.activity(), RECENT, null, Set.of()).stream()
                        .map(Feed::summary)
                        .toList());
        state.put(
                "messages",
                workspace.messages(Long.MAX_VALUE, told.message(), RECENT, null).stream()
                        .map(Feed::summary)
                        .toList());
        state.put(
                "webhooks",
                webhooks.newest(Long.MAX_VALUE, told.webhook(), RECENT).stream()
                        .map(Feed::summary)
                        .toList());
        state.put("results", webhooks.summary());
        state.put("refused", requests.refused(Long.MAX_VALUE, told.refused(), RECENT));
    }

    static Map<String, Object> summary(Profile person) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("cioId", person.cioId());
        shown.put("id", person.id());
        shown.put("email", person.email());
        shown.put("phone", person.phone());
        shown.put("attributes", person.attributes().size());
        shown.put("events", person.events());
        shown.put("messages", person.messages());
        shown.put("suppressed", person.suppressed());
        shown.put("unsubscribed", person.unsubscribed());
        shown.put("changedAt", person.changedAt());
        return shown;
    }

    static Map<String, Object> summary(Activity activity) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("number", activity.number());
        shown.put("receivedAt", activity.receivedAt());
        shown.put("type", activity.type());
        shown.put("cioId", activity.cioId());
        shown.put("who", activity.who());
        shown.put("name", activity.name());
        shown.put("data", excerpt(activity.data()));
        return shown;
    }

    static Map<String, Object> summary(Message message) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("number", message.number());
        shown.put("receivedAt", message.receivedAt());
        shown.put("channel", message.channel());
        shown.put("template", message.transactionalMessageId());
        shown.put("broadcastId", message.broadcastId());
        shown.put("triggerId", message.triggerId());
        shown.put("cioId", message.cioIds().size() == 1 ? message.cioIds().get(0) : null);
        shown.put("who", message.who());
        shown.put("recipient", message.recipient());
        shown.put("subject", message.subject());
        shown.put("undeliverable", message.undeliverable());
        shown.put("sendAt", message.sendAt());
        shown.put("data", excerpt(message.data()));
        return shown;
    }

    static Map<String, Object> summary(SentWebhook webhook) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("number", webhook.number());
        shown.put("at", webhook.at());
        shown.put("objectType", webhook.objectType());
        shown.put("metric", webhook.metric());
        shown.put("source", webhook.source());
        shown.put("sourceId", webhook.sourceId());
        shown.put("recipient", webhook.recipient());
        shown.put("attempts", webhook.attempts());
        return shown;
    }

    private static String excerpt(JsonNode data) {
        String text = data == null || data.isEmpty() && data.isContainerNode() ? "" : data.toString();
        return text.length() <= SUMMARY ? text : text.substring(0, SUMMARY) + "…";
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
