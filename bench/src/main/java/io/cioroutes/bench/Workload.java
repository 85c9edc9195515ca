package io.cioroutes.bench;

import com.rabbitmq.client.AMQP;
import java.nio.charset.StandardCharsets;

/**
 * The one workload that every contender gets: people and events in turn, about 300 bytes each with its envelope, of 5,000
 * people. Message number {@code seq} is always the same.
 */
final class Workload {
    private static final String[] EVENTS = {"order_placed", "cart_updated", "product_viewed", "invoice_paid"};
    private static final String[] PLANS = {"free", "starter", "premium", "enterprise"};
    private static final int PEOPLE = 5_000;

    private Workload() {}

    /** The command's routing key. */
    static String command(int seq) {
        return seq % 2 == 0 ? "track" : "identify";
    }

    /** The body; with {@code sent} it says when it was published. */
    static byte[] body(int seq, boolean sent) {
        int hash = (seq * 0x9e3779b9) >>> 4;
        String user = "user-" + hash % PEOPLE;
        String time = sent ? ",\"sent\":" + System.currentTimeMillis() * 1000 : "";
        String json = seq % 2 == 0
                ? """
                {"userId":"%s","name":"%s","data":{"order_id":"ord-%d","sku":"sku-%d","quantity":%d,"amount":%d.25,\
                "currency":"EUR","source":"web-checkout","warehouse":"north-2","seq":%d%s}}"""
                        .formatted(user, EVENTS[hash % 4], seq, hash % 997, 1 + hash % 9, hash % 1000, seq, time)
                : """
                {"userId":"%s","attrs":{"email":"%s@example.com","first_name":"Ada","last_name":"Lovelace","plan":"%s",\
                "city":"Lisbon","created_at":%d,"last_seen_at":%d,"marketing_opt_in":true,"seq":%d%s}}"""
                        .formatted(
                                user,
                                user,
                                PLANS[hash % 4],
                                1_700_000_000 + hash % PEOPLE,
                                1_700_000_000 + seq,
                                seq,
                                time);
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** A transactional message. */
    static byte[] send(int seq) {
        return """
                {"to":"user-%d@example.com","templateId":"order_receipt","identifiers":{"id":"user-%d"},\
                "data":{"order_id":"ord-%d","total":25.5,"currency":"EUR","seq":%d}}"""
                .formatted(seq % PEOPLE, seq % PEOPLE, seq, seq)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A reporting webhook. */
    static byte[] webhook(long seq) {
        return """
                {"event_id":"bench-%d","object_type":"email","metric":"delivered","timestamp":1760001233,"data":{\
                "customer_id":"user-%d","identifiers":{"id":"user-%d","email":"user%d@example.com","cio_id":"d9c106000001"},\
                "delivery_id":"RPILAgUBcRhIBqSp7kiPekGBIeVh","campaign_id":23,"action_id":96,"recipient":"user%d@example.com",\
                "subject":"Thanks for joining!"}}"""
                .formatted(seq, seq % PEOPLE, seq % PEOPLE, seq % PEOPLE, seq % PEOPLE)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Persistent, with the message id that the service knows it by. */
    static AMQP.BasicProperties properties(int seq) {
        return new AMQP.BasicProperties.Builder()
                .deliveryMode(2)
                .contentType("application/json")
                .messageId("bench-" + seq)
                .build();
    }
}
