package io.cioroutes.operations;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

/** A message in a dead-letter queue, with what its headers say of why it is there. */
final class DeadLetter {

    /** Headers that a broker adds or changes while the message lies in the queue. */
    private static final List<String> CHANGING = List.of("x-delivery-count", "x-acquired-count");

    /** Bytes of the hash that names a dead letter: among a million, two alike would be a chance of 1 in 37 million. */
    private static final int ID_BYTES = 8;

    private final Message message;

    DeadLetter(Message message) {
        this.message = message;
    }

    /**
     * One line of a list. Personal values are masked.
     *
     * @param id names it in further calls; the same as long as it is there
     * @param messageId the publisher's
     * @param reason why it is here: {@code invalid}, {@code rejected}, {@code exhausted}, {@code ambiguous}, or
     *     RabbitMQ's own word where RabbitMQ moved it
     * @param error what happened, in words
     * @param status HTTP status, where there was an answer
     * @param attempts calls that failed
     * @param receivedAt first receipt
     * @param failedAt when it became a dead letter
     * @param bytes size of the body
     * @param preview beginning of the body
     */
    record Line(
            String id,
            String messageId,
            String reason,
            String error,
            Integer status,
            Integer attempts,
            Instant receivedAt,
            Instant failedAt,
            int bytes,
            String preview) {}

    /**
     * All of it, nothing masked.
     *
     * @param line what the list says of it
     * @param properties AMQP properties that are set
     * @param headers all headers
     * @param body the body as text, or in Base64 if it is no text
     * @param encoding {@code utf-8} or {@code base64}
     */
    record Whole(
            Line line, Map<String, Object> properties, Map<String, Object> headers, String body, String encoding) {}

    Message message() {
        return message;
    }

    long deliveryTag() {
        return properties().getDeliveryTag();
    }

    String reason() {
        Object reason = header("x-cio-reason");
        if (reason == null) {
            reason = header("x-first-death-reason");
        }
        return reason == null ? "unknown" : reason.toString();
    }

    /** When it became a dead letter; null if nothing says so. */
    Instant failedAt() {
        if (header("x-cio-failed-at") != null) {
            return instant(header("x-cio-failed-at").toString());
        }
        Object death = lastDeath().get("time");
        return death instanceof Date time ? time.toInstant() : null;
    }

    /** A hash of everything in it that stays: two messages that share it are alike in every respect. */
    String id() {
        MessageProperties properties = properties();
        Map<String, Object> headers = new TreeMap<>(properties.getHeaders());
        CHANGING.forEach(headers::remove);
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            for (Object part : new Object[] {
                properties.getMessageId(),
                properties.getCorrelationId(),
                properties.getReplyTo(),
                properties.getType(),
                properties.getAppId(),
                properties.getContentType(),
                properties.getContentEncoding(),
                properties.getTimestamp() == null
                        ? null
                        : properties.getTimestamp().getTime(),
                headers
            }) {
                hash.update(canonical(part).getBytes(StandardCharsets.UTF_8));
                hash.update((byte) 0);
            }
            return HexFormat.of().formatHex(hash.digest(message.getBody()), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String canonical(Object value) {
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((key, entry) -> sorted.put(String.valueOf(key), canonical(entry)));
            return sorted.toString();
        }
        if (value instanceof Collection<?> list) {
            return list.stream().map(DeadLetter::canonical).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof Date date ? String.valueOf(date.getTime()) : String.valueOf(value);
    }

    Line line() {
        return line(Masking.text(error()), Masking.preview(message.getBody()));
    }

    private Line line(String error, String preview) {
        return new Line(
                id(),
                properties().getMessageId(),
                reason(),
                error,
                integer(header("x-cio-status")),
                integer(header("x-cio-attempts")),
                header("x-cio-received-at") instanceof Number seconds
                        ? Instant.ofEpochSecond(seconds.longValue())
                        : null,
                failedAt(),
                message.getBody().length,
                preview);
    }

    private String error() {
        if (header("x-cio-error") != null) {
            return header("x-cio-error").toString();
        }
        return switch (reason()) {
            case "delivery_limit" ->
                "RabbitMQ moved it here: it came back to its queue unanswered more often than its delivery limit allows";
            case "unknown" -> "nothing says how it came here";
            default -> "RabbitMQ moved it here: " + reason();
        };
    }

    Whole whole() {
        MessageProperties properties = properties();
        Map<String, Object> set = new LinkedHashMap<>();
        put(set, "messageId", properties.getMessageId());
        put(
                set,
                "timestamp",
                properties.getTimestamp() == null
                        ? null
                        : properties.getTimestamp().toInstant());
        put(set, "contentType", properties.getContentType());
        put(set, "contentEncoding", properties.getContentEncoding());
        put(set, "correlationId", properties.getCorrelationId());
        put(set, "replyTo", properties.getReplyTo());
        put(set, "type", properties.getType());
        put(set, "appId", properties.getAppId());
        put(set, "priority", properties.getPriority());
        Map<String, Object> headers = new TreeMap<>();
        properties.getHeaders().forEach((name, value) -> headers.put(name, readable(value)));
        String text = utf8(message.getBody());
        return new Whole(
                line(error(), null),
                set,
                headers,
                text == null ? Base64.getEncoder().encodeToString(message.getBody()) : text,
                text == null ? "base64" : "utf-8");
    }

    private static void put(Map<String, Object> map, String name, Object value) {
        if (value != null) {
            map.put(name, value);
        }
    }

    /** As JSON can show it. */
    private static Object readable(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> readable = new TreeMap<>();
            map.forEach((key, entry) -> readable.put(String.valueOf(key), readable(entry)));
            return readable;
        }
        if (value instanceof Collection<?> list) {
            return list.stream().map(DeadLetter::readable).toList();
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        return value instanceof Date date ? date.toInstant().toString() : value.toString();
    }

    private static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private Map<?, ?> lastDeath() {
        return header("x-death") instanceof List<?> deaths
                        && !deaths.isEmpty()
                        && deaths.get(0) instanceof Map<?, ?> last
                ? last
                : Map.of();
    }

    private MessageProperties properties() {
        return message.getMessageProperties();
    }

    private Object header(String name) {
        return properties().getHeaders().get(name);
    }

    private static Integer integer(Object value) {
        return value instanceof Number number ? number.intValue() : null;
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
