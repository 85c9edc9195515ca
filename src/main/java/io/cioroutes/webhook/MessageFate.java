package io.cioroutes.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Decides what becomes of a simulated message, in the fields that Customer.io's webhooks have for it. The shares are
 * those of an unremarkable mailing, chosen so that every kind of event appears among some hundred messages; they measure
 * nothing.
 */
final class MessageFate {
    private static final double BOUNCED = 0.02;
    private static final double PREFETCHED = 0.25;
    private static final double OPENED = 0.45;
    private static final double CLICKED_OF_OPENED = 0.3;
    private static final double CLICKED_BY_MACHINE = 0.05;
    private static final double CONVERTED_OF_CLICKED = 0.25;
    private static final double UNSUBSCRIBED_OF_OPENED = 0.02;
    private static final double SPAMMED = 0.002;

    /** Channels where Customer.io learns that a message was delivered. */
    private static final Set<String> REPORT_DELIVERY = Set.of("email", "push", "sms", "whatsapp");

    /** Channels where it learns that one was opened. */
    private static final Set<String> REPORT_OPENS = Set.of("email", "push", "whatsapp", "in_app");

    /**
     * One event to report.
     *
     * @param objectType the webhook's {@code object_type}
     * @param metric the webhook's {@code metric}
     * @param data what it has in {@code data} beside what all of the message have
     */
    record Event(String objectType, String metric, ObjectNode data) {}

    private final SentMessage message;
    private final RandomGenerator random;
    private final List<Event> events = new ArrayList<>();

    private MessageFate(SentMessage message, RandomGenerator random) {
        this.message = message;
        this.random = random;
    }

    /** The events of a message, in order. */
    static List<Event> of(SentMessage message, RandomGenerator random) {
        MessageFate fate = new MessageFate(message, random);
        fate.decide();
        return fate.events;
    }

    private void decide() {
        if (message.undeliverable() != null) {
            String metric = message.channel().equals("email") ? "dropped" : "undeliverable";
            add(metric).put("failure_message", message.undeliverable());
            return;
        }
        add("sent");
        if (REPORT_DELIVERY.contains(message.channel())) {
            if (happens(BOUNCED)) {
                add("bounced").put("failure_message", "550 5.1.1 The recipient does not exist");
                return;
            }
            add("delivered");
        }
        if (message.channel().equals("email")) {
            machines();
        }
        people();
    }

    private void machines() {
        if (happens(PREFETCHED)) {
            flags(add("opened"), true, true);
        }
        if (happens(CLICKED_BY_MACHINE)) {
            link(add("clicked")).put("machine", true);
        }
        if (happens(SPAMMED)) {
            add("spammed");
        }
    }

    private void people() {
        if (!happens(OPENED)) {
            return;
        }
        if (REPORT_OPENS.contains(message.channel())) {
            ObjectNode opened = add("opened");
            if (message.channel().equals("email")) {
                flags(opened, happens(0.5), false);
            }
        }
        if (happens(CLICKED_OF_OPENED)) {
            link(add("clicked"));
            if (happens(CONVERTED_OF_CLICKED)) {
                add("converted");
            }
        }
        if (message.channel().equals("email") && happens(UNSUBSCRIBED_OF_OPENED)) {
            // Customer.io reports it twice: as the message's result, and as the person's choice.
            add("unsubscribed");
            ObjectNode data = JsonNodeFactory.instance.objectNode().put("email_address", message.personEmail());
            events.add(new Event("customer", "unsubscribed", data));
        }
    }

    private boolean happens(double probability) {
        return random.nextDouble() < probability;
    }

    private ObjectNode add(String metric) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        if (message.channel().equals("push")) {
            data.putArray("recipients")
                    .addObject()
                    .put("device_id", message.recipient())
                    .put("device_platform", "android");
        } else {
            data.put("recipient", message.recipient());
        }
        if (message.channel().equals("email")) {
            data.put("subject", message.subject());
        }
        events.add(new Event(message.channel(), metric, data));
        return data;
    }

    private static void flags(ObjectNode opened, boolean proxied, boolean prefetched) {
        opened.put("proxied", proxied).put("prefetched", prefetched).put("synthetic", false);
    }

    private static ObjectNode link(ObjectNode clicked) {
        return clicked.put("href", "https://shop.example.com/offer").put("link_id", 1);
    }
}
