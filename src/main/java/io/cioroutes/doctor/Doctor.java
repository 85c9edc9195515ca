package io.cioroutes.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Looks at everything that the service depends on, all at the same time. */
public final class Doctor {

    private final List<Check> checks;
    private final Duration timeout;

    /**
     * @param checks in the order in which their findings are to be read
     * @param timeout after so long a check that has not answered is a problem
     */
    public Doctor(List<Check> checks, Duration timeout) {
        this.checks = List.copyOf(checks);
        this.timeout = timeout;
    }

    /** All findings, in the order of the checks. */
    public List<Finding> examine() {
        List<CompletableFuture<List<Finding>>> running =
                checks.stream().map(this::start).toList();
        List<Finding> findings = new ArrayList<>();
        running.forEach(check -> findings.addAll(check.join()));
        return findings;
    }

    private CompletableFuture<List<Finding>> start(Check check) {
        return CompletableFuture.supplyAsync(check::findings, task -> {
                    Thread thread = new Thread(task, "doctor-" + check.area());
                    thread.setDaemon(true);
                    thread.start();
                })
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> List.of(failed(check, failure)));
    }

    private Finding failed(Check check, Throwable failure) {
        if (failure instanceof TimeoutException) {
            return Finding.problem(
                    check.area(),
                    "no answer within " + timeout.toSeconds() + " s",
                    "Look whether a firewall drops the packets, or allow more time with cio.doctor.timeout.");
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return Finding.problem(check.area(), "could not be looked at: " + text(cause), "Correct the settings first.");
    }

    /** What an exception says, or its name where it says nothing. */
    static String text(Throwable failure) {
        Throwable root = failure;
        while (root.getMessage() == null && root.getCause() != null) {
            root = root.getCause();
        }
        return Objects.requireNonNullElse(root.getMessage(), root.getClass().getSimpleName());
    }

    /** Whether something does not work. */
    public static boolean hasProblem(List<Finding> findings) {
        return findings.stream().anyMatch(finding -> finding.level() == Finding.Level.PROBLEM);
    }
}
