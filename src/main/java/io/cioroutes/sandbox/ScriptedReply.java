package io.cioroutes.sandbox;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What to do with the next requests that match, in place of what the API would do. Start with one of the static
 * methods; the others return changed copies.
 *
 * @param match which requests; null for all
 * @param times how many requests; 0 means 1, a negative number means all from now on
 * @param status HTTP status of the reply, or null where the action needs none
 * @param headers headers of the reply; null for none
 * @param body body of the reply: a string goes out as it is, anything else as JSON; null for none
 * @param delayMs milliseconds to wait before answering; for a hanging request, until the connection is dropped
 * @param action what happens; null means {@code reply} with a status and {@code apply} without
 */
public record ScriptedReply(
        Match match,
        int times,
        Integer status,
        Map<String, String> headers,
        JsonNode body,
        long delayMs,
        Action action) {

    /** What happens to a request. */
    public enum Action {
        /** It is answered as the API would, after the delay. */
        @JsonProperty("apply")
        APPLY,
        /** It gets the scripted answer and has no effect. */
        @JsonProperty("reply")
        REPLY,
        /** It has no effect, and the connection is closed without an answer. */
        @JsonProperty("reset")
        RESET,
        /** It has no effect and gets no answer; the connection stays open. */
        @JsonProperty("hang")
        HANG,
        /** It has no effect; the scripted answer breaks off before its end. */
        @JsonProperty("reply-then-reset")
        REPLY_THEN_RESET,
        /** It takes effect, but the connection is closed without an answer. */
        @JsonProperty("apply-then-reset")
        APPLY_THEN_RESET,
        /** It takes effect, but gets no answer; the connection stays open. */
        @JsonProperty("apply-then-hang")
        APPLY_THEN_HANG
    }

    /**
     * Which requests are meant; each part that is null means any.
     *
     * @param method HTTP method
     * @param path path as it comes, percent-encoded and without the query; {@code *} stands for any characters
     * @param contains text that the body must contain
     */
    public record Match(String method, String path, String contains) {}

    /** Replies to the next request with this status. */
    public static ScriptedReply status(int status) {
        return new ScriptedReply(null, 1, status, Map.of(), null, 0, Action.REPLY);
    }

    /** Does this to the next request. */
    public static ScriptedReply action(Action action) {
        return new ScriptedReply(null, 1, null, Map.of(), null, 0, action);
    }

    /** The same for requests whose path matches; {@code *} stands for any characters. */
    public ScriptedReply path(String path) {
        return matching(method(), path, contains());
    }

    /** The same for requests with this HTTP method. */
    public ScriptedReply method(String method) {
        return matching(method, match == null ? null : match.path(), contains());
    }

    /** The same for requests whose body contains this text. */
    public ScriptedReply contains(String text) {
        return matching(method(), match == null ? null : match.path(), text);
    }

    private String method() {
        return match == null ? null : match.method();
    }

    private String contains() {
        return match == null ? null : match.contains();
    }

    private ScriptedReply matching(String method, String path, String contains) {
        return new ScriptedReply(new Match(method, path, contains), times, status, headers, body, delayMs, action);
    }

    /** The same for this many requests; a negative number for all from now on. */
    public ScriptedReply times(int count) {
        return new ScriptedReply(match, count, status, headers, body, delayMs, action);
    }

    /** The same with one more response header. */
    public ScriptedReply header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new ScriptedReply(match, times, status, more, body, delayMs, action);
    }

    /** The same with this body, sent as it is. */
    public ScriptedReply body(String text) {
        return new ScriptedReply(match, times, status, headers, TextNode.valueOf(text), delayMs, action);
    }

    /** The same after this many milliseconds. */
    public ScriptedReply delayMs(long milliseconds) {
        return new ScriptedReply(match, times, status, headers, body, milliseconds, action);
    }
}
