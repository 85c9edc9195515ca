package io.cioroutes.delivery;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what a call that did not go through means for its commands: try again in a moment, or not. Camel's error
 * handler asks twice: as {@code onExceptionOccurred} processor it counts and sets the delay, as {@code retryWhile}
 * predicate it gives the answer.
 *
 * <p>An attempt counts only while the breaker is closed. When it opens, Customer.io is down, and no message is at fault:
 * the commands are held without using up attempts, and parked in a retry queue only when they have been held for so long
 * that the broker would close the channel.
 *
 * <p>One exception: a command that failed before while others were delivered. Where little else goes on it can open the
 * breaker all by itself, and would be held for ever; so each call that is made for it counts.
 */
final class RetryPolicy implements Processor, Predicate {

    /** How long to wait, in milliseconds, before the commands of a batch are sent one by one. */
    static final String NEXT_DELAY = "nextDelay";

    private static final Logger log = LoggerFactory.getLogger(RetryPolicy.class);
    private static final String AGAIN = "CioAgain";

    private final Apis apis;
    private final InFlight inFlight;
    private final SendOnce sendOnce;
    private final DeliveryProperties settings;
    private final DeliveryMetrics metrics;
    private final Clock clock = Clock.systemUTC();

    RetryPolicy(Apis apis, InFlight inFlight, SendOnce sendOnce, DeliveryProperties settings, DeliveryMetrics metrics) {
        this.apis = apis;
        this.inFlight = inFlight;
        this.sendOnce = sendOnce;
        this.settings = settings;
        this.metrics = metrics;
    }

    @Override
    public void process(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        ApiRequest request = ApiRequest.ofNullable(exchange);
        if (request == null) {
            // A defect of the service on the way to a request: no use in trying again at once.
            List<Command> commands = Commands.of(exchange);
            commands.forEach(command -> LoggedMessage.about(
                    command,
                    () -> log.error("{} could not be handled and is parked in a retry queue", command, cause)));
            commands.forEach(Command::failed);
            exchange.setProperty(AGAIN, false);
            return;
        }
        // What comes here was certainly not sent, or may be sent again.
        request.commands().forEach(sendOnce::release);
        exchange.setProperty(NEXT_DELAY, 0L);
        // Unsettled: back to its queue when the channel closes.
        request.commands().stream()
                .map(Command::delivery)
                .filter(delivery -> inFlight.isHeldBack(delivery.queue()))
                .forEach(Delivery::abandon);
        request.dropClosed();
        if (request.size() == 0) {
            exchange.setProperty(AGAIN, false);
        } else if (isPaused(request, cause)) {
            hold(exchange, request);
        } else {
            count(exchange, request, cause);
        }
        boolean waits = matches(exchange);
        request.commands().forEach(command -> command.delivery().waiting(waits));
    }

    @Override
    public boolean matches(Exchange exchange) {
        return exchange.getProperty(AGAIN, false, boolean.class);
    }

    private boolean isPaused(ApiRequest request, Throwable cause) {
        return ObjectHelper.getException(CallNotPermittedException.class, cause) != null
                || ObjectHelper.getException(MisconfiguredException.class, cause) != null
                || ObjectHelper.getException(SendInProgressException.class, cause) != null
                || (!apis.of(request).isUp() && !hasFailedAlone(request));
    }

    private static boolean hasFailedAlone(ApiRequest request) {
        return request.commands().stream().allMatch(command -> command.history().alone());
    }

    private void hold(Exchange exchange, ApiRequest request) {
        long now = clock.millis();
        long longest = 0;
        for (Command command : request.commands()) {
            longest = Math.max(longest, command.held(now));
        }
        boolean again = longest < settings.holdLimit().toMillis();
        exchange.setProperty(AGAIN, again);
        setDelay(exchange, settings.holdDelay());
        if (!again) {
            Duration waited = Duration.ofMillis(longest);
            request.commands()
                    .forEach(command -> LoggedMessage.about(
                            command,
                            () -> log.info("{} waited {} for Customer.io: parked in a retry queue", command, waited)));
        }
    }

    private void count(Exchange exchange, ApiRequest request, Throwable cause) {
        List<Command> commands = request.commands();
        int attempts = 0;
        for (Command command : commands) {
            command.failed();
            metrics.failedForNow(command);
            attempts = Math.max(attempts, command.attempts());
        }
        FailedForNowException failed = ObjectHelper.getException(FailedForNowException.class, cause);
        Duration retryAfter = failed == null || failed.retryAfter() == null ? Duration.ZERO : failed.retryAfter();
        // The last attempt of a batch is made message by message, so that one poison message is found.
        int limit = request.size() > 1 ? settings.attempts() - 1 : settings.attempts();
        boolean longPause = retryAfter.compareTo(settings.maxRetryAfter()) > 0;
        Duration delay = max(settings.firstDelay().multipliedBy(1L << Math.min(20, attempts - 1)), retryAfter);
        exchange.setProperty(AGAIN, attempts < limit && !longPause);
        setDelay(exchange, delay);
        if (longPause) {
            commands.forEach(command -> command.waitAtLeast(retryAfter));
        } else {
            exchange.setProperty(NEXT_DELAY, delay.toMillis());
        }
        if (log.isDebugEnabled()) {
            commands.forEach(command -> LoggedMessage.about(
                    command,
                    () -> log.debug(
                            "{} failed for now, attempt {} of {}", command, command.attempts(), settings.attempts())));
        }
    }

    private static void setDelay(Exchange exchange, Duration delay) {
        exchange.getMessage().setHeader(Exchange.REDELIVERY_DELAY, delay.toMillis());
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
