package io.cioroutes.cli.demo;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What the service has done with commands since its start, by its own metric {@code cio.commands}. */
final class Outcomes {

    private final MeterRegistry meters;

    Outcomes(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Commands of this kind with this outcome; null stands for any. */
    long count(String command, String outcome) {
        return meters.find("cio.commands").timers().stream()
                .filter(timer -> command == null || command.equals(timer.getId().getTag("command")))
                .filter(timer -> outcome == null || outcome.equals(timer.getId().getTag("outcome")))
                .mapToLong(Timer::count)
                .sum();
    }

    /** Outcomes of one kind of command other than {@code delivered}: name to count. */
    Map<String, Long> failures(String command) {
        Map<String, Long> failures = new TreeMap<>();
        for (Timer timer : meters.find("cio.commands").tag("command", command).timers()) {
            String outcome = timer.getId().getTag("outcome");
            if (!"delivered".equals(outcome)) {
                failures.merge(outcome, timer.count(), Long::sum);
            }
        }
        return failures;
    }

    /**
     * From receipt to acknowledgement of the delivered commands of one kind.
     *
     * @param percentile one of those that the demonstration asked the registry for
     * @return milliseconds; NaN when there are none
     */
    double millis(String command, double percentile) {
        Timer timer = meters.find("cio.commands")
                .tags("command", command, "outcome", "delivered")
                .timer();
        if (timer == null) {
            return Double.NaN;
        }
        HistogramSnapshot snapshot = timer.takeSnapshot();
        for (ValueAtPercentile value : snapshot.percentileValues()) {
            if (value.percentile() == percentile) {
                return value.value(TimeUnit.MILLISECONDS);
            }
        }
        return Double.NaN;
    }
}
