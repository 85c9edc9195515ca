package io.cioroutes.webhook;

import io.cioroutes.sandbox.Message;
import io.cioroutes.sandbox.Profile;
import io.cioroutes.sandbox.SandboxListener;
import io.cioroutes.sandbox.SandboxServer;
import io.cioroutes.sandbox.SentWebhook;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * Between the sandbox and the simulator: hands over what the sandbox accepted, and notes in the sandbox what was sent. Not
 * reported are messages to an inbox, for which Customer.io documents no webhooks, drafts, which wait for somebody at
 * Customer.io, and broadcasts to an audience that only Customer.io knows.
 */
final class SandboxReports implements SandboxListener, WebhookSimulator.Listener {
    private final SandboxServer sandbox;
    private final Clock clock;
    private volatile WebhookSimulator simulator;

    SandboxReports(SandboxServer sandbox, Clock clock) {
        this.sandbox = sandbox;
        this.clock = clock;
    }

    /** Reports to this simulator from now on; null: nothing is reported. */
    void to(WebhookSimulator target) {
        simulator = target;
    }

    /** Keeps nothing of the message but what the webhooks say: requests can be large. */
    @Override
    public void onMessageAccepted(Message message) {
        WebhookSimulator target = simulator;
        if (target == null
                || message.channel().equals("inbox_message")
                || message.request().path("queue_draft").asBoolean()) {
            return;
        }
        Duration delay = message.sendAt() == null
                ? Duration.ZERO
                : Duration.between(clock.instant(), Instant.ofEpochSecond(message.sendAt()));
        target.accepted(message.channel().equals("broadcast") ? broadcast(message) : transactional(message), delay);
    }

    private Iterator<SentMessage> transactional(Message message) {
        String cioId = message.cioIds().isEmpty() ? null : message.cioIds().get(0);
        String channel = message.channel();
        String deliveryId = message.deliveryId();
        String template = message.transactionalMessageId();
        String recipient = message.recipient();
        String subject = message.subject();
        String undeliverable = message.undeliverable();
        return List.of(deliveryId).stream()
                .map(delivery -> {
                    Profile person = cioId == null ? null : sandbox.person("cio_" + cioId);
                    return new SentMessage(
                            channel,
                            delivery,
                            SentMessage.Source.TRANSACTIONAL,
                            template,
                            null,
                            person == null ? null : person.id(),
                            person == null ? null : person.email(),
                            cioId,
                            recipient,
                            subject,
                            undeliverable);
                })
                .iterator();
    }

    /** One e-mail for each person who has an address and takes broadcasts. */
    private Iterator<SentMessage> broadcast(Message message) {
        String broadcast = String.valueOf(message.broadcastId());
        Long trigger = message.triggerId();
        return message.cioIds().stream()
                .map(cioId -> sandbox.person("cio_" + cioId))
                .filter(Objects::nonNull)
                .filter(person -> person.email() != null && !person.suppressed() && !person.unsubscribed())
                .map(person -> new SentMessage(
                        "email",
                        "broadcast-" + trigger + "-" + person.cioId(),
                        SentMessage.Source.BROADCAST,
                        broadcast,
                        trigger,
                        person.id(),
                        person.email(),
                        person.cioId(),
                        person.email(),
                        "Broadcast " + broadcast,
                        null))
                .iterator();
    }

    @Override
    public void taken(
            SentMessage message,
            String eventId,
            String objectType,
            String metric,
            long timestamp,
            int attempts,
            byte[] body) {
        sandbox.webhooks()
                .taken(new SentWebhook(
                        0,
                        clock.instant(),
                        eventId,
                        objectType,
                        metric,
                        message.sourceName(),
                        message.sourceId(),
                        message.channel(),
                        message.recipient(),
                        attempts,
                        new String(body, StandardCharsets.UTF_8)));
        if (objectType.equals(message.channel())) {
            sandbox.report(message.deliveryId(), metric, timestamp);
        }
    }

    @Override
    public void repeated() {
        sandbox.webhooks().repeated();
    }

    @Override
    public void leftOut() {
        sandbox.webhooks().leftOut();
    }
}
