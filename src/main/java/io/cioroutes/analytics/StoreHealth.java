package io.cioroutes.analytics;

import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Whether the store of events answers, asked now and then and remembered in between: BigQuery for the dataset, the local
 * database for a row. DOWN with the cause; events wait in {@code cio.analytics} meanwhile.
 */
final class StoreHealth extends AbstractHealthIndicator {

    /** A cheap question to the store. */
    interface Question {
        /** @return what answered, in words */
        String ask() throws Exception;
    }

    private final Question question;
    private volatile Health last =
            Health.status(Status.UNKNOWN).withDetail("store", "not asked yet").build();

    StoreHealth(Question question) {
        super("the health of the store could not be told");
        this.question = question;
    }

    /** Asks once. */
    @Scheduled(fixedDelayString = "${cio.observe.store-interval}")
    void ask() {
        try {
            last = Health.up().withDetail("store", question.ask()).build();
        } catch (Exception e) {
            last = Health.down()
                    .withDetail(
                            "cause",
                            "The store of events does not answer (" + e.getMessage()
                                    + "); events wait in queue cio.analytics, none is lost")
                    .build();
        }
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.status(last.getStatus()).withDetails(last.getDetails());
    }
}
