package io.cioroutes.delivery;

import io.cioroutes.broker.BrokerTopology;
import io.cioroutes.broker.RetryStep;
import io.cioroutes.broker.RetrySteps;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parks a command in a durable retry queue, then acknowledges it. Each parking waits longer than the one before; after
 * the wait the broker brings the message home to its queue. As a predicate it says whether a command has been failing
 * for so long that it is given up instead.
 */
final class Park extends SettleByCopy implements Predicate {

    private static final Logger log = LoggerFactory.getLogger(Park.class);

    private final Apis apis;
    private final RetrySteps steps;
    private final Duration giveUpAfter;
    private final Seal seal;
    private final DeliveryMetrics metrics;
    private final Clock clock = Clock.systemUTC();

    Park(
            ConfirmedPublisher publisher,
            Apis apis,
            RetrySteps steps,
            Duration giveUpAfter,
            Seal seal,
            DeliveryMetrics metrics) {
        super(publisher);
        this.apis = apis;
        this.steps = steps;
        this.giveUpAfter = giveUpAfter;
        this.seal = seal;
        this.metrics = metrics;
    }

    @Override
    public boolean matches(Exchange exchange) {
        return Commands.of(exchange).stream()
                .anyMatch(command -> command.attempts() > 0
                        && Duration.between(command.history().firstFailure(), clock.instant())
                                        .compareTo(giveUpAfter)
                                >= 0);
    }

    @Override
    CompletableFuture<Void> copy(Exchange exchange, Command command, ConfirmedPublisher publisher) {
        RetryHeaders history = command.history();
        boolean used = command.attempts() > 0;
        RetryStep step;
        if (command.minimumWait().isZero()) {
            step = steps.forParking(used ? history.parkings() + 1 : 1);
        } else {
            step = steps.atLeast(command.minimumWait());
        }
        var properties = Copies.properties(command.delivery());
        new RetryHeaders(
                        history.receivedAt(),
                        used ? history.firstFailure().getEpochSecond() : history.firstFailureAt(),
                        command.totalAttempts(),
                        history.parkings() + (used ? 1 : 0),
                        history.alone() || (used && hasFailedAlone(command)),
                        history.eventId())
                .write(properties, command.delivery().body(), seal);
        command.delivery().span().addEvent("parked in " + step.exchange());
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        properties.setHeader(
                "x-cio-error", Failure.of(Failure.Reason.EXHAUSTED, cause).text());
        if (log.isDebugEnabled()) {
            LoggedMessage.about(command, () -> log.debug("Parked for {}: {}", step.delay(), command));
        }
        return publisher.publish(
                step.exchange(),
                BrokerTopology.homeKey(command.delivery().queue()),
                Copies.message(command.delivery(), properties));
    }

    private boolean hasFailedAlone(Command command) {
        return command.translation() != null && apis.of(ApiRequest.of(command)).hasWorkedSince(command.firstFailure());
    }

    @Override
    void settled(Command command) {
        metrics.parked(command);
    }
}
