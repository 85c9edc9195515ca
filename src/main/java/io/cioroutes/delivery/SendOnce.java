package io.cioroutes.delivery;

import io.cioroutes.sends.SendStore;
import io.cioroutes.sends.SendStore.Claim;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a message that comes twice from being sent twice, by its message id. A message without an id cannot be
 * recognized and is sent each time.
 */
public final class SendOnce {

    private static final Logger log = LoggerFactory.getLogger(SendOnce.class);

    private final SendStore store;
    private final Duration longestCall;

    /** @param longestCall after so long a send that is still noted as under way has died */
    SendOnce(SendStore store, Duration longestCall) {
        this.store = store;
        this.longestCall = longestCall;
    }

    /**
     * Last step before the call.
     *
     * @throws AlreadySentException the message was sent before
     * @throws SendInProgressException another delivery of it is being sent right now
     * @throws AmbiguousSendException it was being sent when a process died
     */
    void claim(Exchange exchange) throws ApiException, AlreadySentException, SendInProgressException {
        Command command = only(exchange);
        String key = key(command);
        if (key == null) {
            return;
        }
        Claim claim = store.begin(key);
        switch (claim.state()) {
            case NEW -> command.claimed(true);
            case SENT -> throw new AlreadySentException();
            case SENDING -> {
                if (claim.age().compareTo(longestCall) < 0) {
                    throw new SendInProgressException();
                }
                // Its claim is nobody's now: taken over, so that it is given back once a person decides.
                command.claimed(true);
                throw new AmbiguousSendException(
                        0, "the service stopped while this message was being sent: nobody knows whether it went out");
            }
        }
    }

    /** After the answer: notes the send as made, or gives the claim back when it was refused. */
    void answered(Exchange exchange) {
        Command command = only(exchange);
        if (exchange.getMessage().getBody() instanceof ApiAnswer answer && answer.isSuccess()) {
            if (command.isClaimed()) {
                try {
                    store.sent(key(command));
                    command.claimed(false);
                } catch (RuntimeException e) {
                    // It was sent, and it will be acknowledged: only a crash before that could make it ambiguous.
                    LoggedMessage.about(
                            command,
                            () -> log.error(
                                    "{} was sent, but the store of sends could not note it: {}",
                                    command,
                                    e.getMessage()));
                }
            }
        } else {
            release(command);
        }
    }

    /** Gives a claim back: the message was certainly not sent, or a person decides about it. */
    void release(Command command) {
        if (command.isClaimed()) {
            try {
                store.forget(key(command));
                command.claimed(false);
            } catch (RuntimeException e) {
                LoggedMessage.about(
                        command,
                        () -> log.error("The claim of {} could not be given back: {}", command, e.getMessage()));
            }
        }
    }

    private static Command only(Exchange exchange) {
        return ApiRequest.of(exchange).commands().get(0);
    }

    private static String key(Command command) {
        String id = command.translation().messageId();
        return id == null ? null : command.name() + ":" + id;
    }
}
