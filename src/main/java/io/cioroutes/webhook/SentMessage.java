package io.cioroutes.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * A message to one person that was accepted for sending.
 *
 * @param channel {@code email}, {@code push}, {@code sms}, {@code whatsapp}, {@code in_app}, {@code slack} or
 *     {@code webhook}
 * @param deliveryId the delivery
 * @param source what the message is part of
 * @param sourceId its id: a number, or for transactional messages also a name
 * @param triggerId the triggering of a broadcast, otherwise null
 * @param personId the person's id, or null
 * @param personEmail the person's e-mail address, or null
 * @param cioId the person's {@code cio_id}, or null
 * @param recipient address, phone number or device, or null
 * @param subject subject of an e-mail, or null
 * @param undeliverable why it will not be sent (the person is suppressed, say), or null
 */
public record SentMessage(
        String channel,
        String deliveryId,
        Source source,
        String sourceId,
        Long triggerId,
        String personId,
        String personEmail,
        String cioId,
        String recipient,
        String subject,
        String undeliverable) {

    /** What a message can be part of, and the field of a webhook that names it. */
    public enum Source {
        CAMPAIGN("campaign_id"),
        BROADCAST("broadcast_id"),
        NEWSLETTER("newsletter_id"),
        TRANSACTIONAL("transactional_message_id");

        private final String field;

        Source(String field) {
            this.field = field;
        }
    }

    /** The source as the analytics views name it, such as {@code broadcast}. */
    String sourceName() {
        return source.name().toLowerCase(Locale.ROOT);
    }

    /** The {@code data} that all webhooks about the message have. */
    ObjectNode data() {
        ObjectNode data = person();
        data.put("delivery_id", deliveryId);
        if (sourceId != null && sourceId.matches("\\d{1,18}")) {
            data.put(source.field, Long.parseLong(sourceId));
        } else {
            data.put(source.field, sourceId);
        }
        if (triggerId != null) {
            data.put("trigger_id", triggerId);
        }
        return data;
    }

    /** The {@code data} that webhooks about the person have. */
    ObjectNode person() {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("customer_id", personId == null ? "" : personId);
        data.putObject("identifiers")
                .put("id", personId)
                .put("email", personEmail)
                .put("cio_id", cioId);
        return data;
    }
}
