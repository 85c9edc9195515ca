package io.cioroutes.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A transactional send or a triggered broadcast that was accepted.
 *
 * @param number ever growing, from 1
 * @param receivedAt when the request came in
 * @param channel {@code email}, {@code push}, {@code sms}, {@code whatsapp}, {@code in_app}, {@code inbox_message}, or
 *     {@code broadcast}
 * @param deliveryId what the API answered; null for a broadcast
 * @param transactionalMessageId id or trigger name of the transactional message; {@code 1} where the content came in
 *     the request; null for a broadcast
 * @param broadcastId the broadcast, or null
 * @param triggerId what the API answered for a broadcast, or null
 * @param cioIds the people addressed, as known; for a broadcast with the audience kept in Customer.io, empty
 * @param who the person in the caller's words, or the audience
 * @param recipient the {@code to} of the request, or null
 * @param subject subject or title, or null
 * @param data {@code message_data} of the send, {@code data} of the broadcast; null if none
 * @param request the whole request, with the content of attachments left out
 * @param sendAt unix seconds of a send in the future, or null
 * @param undeliverable why the message will not go out (person suppressed, unsubscribed), or null
 * @param metrics metric to unix seconds, as far as known ({@code created}, {@code sent}, {@code delivered},
 *     {@code opened}, …)
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Message(
        long number,
        Instant receivedAt,
        String channel,
        String deliveryId,
        String transactionalMessageId,
        Long broadcastId,
        Long triggerId,
        List<String> cioIds,
        String who,
        String recipient,
        String subject,
        JsonNode data,
        JsonNode request,
        Long sendAt,
        String undeliverable,
        Map<String, Long> metrics) {

    Message with(Map<String, Long> newMetrics) {
        return new Message(
                number,
                receivedAt,
                channel,
                deliveryId,
                transactionalMessageId,
                broadcastId,
                triggerId,
                cioIds,
                who,
                recipient,
                subject,
                data,
                request,
                sendAt,
                undeliverable,
                newMetrics);
    }
}
