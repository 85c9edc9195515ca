package io.cioroutes.broker;

import java.util.List;

/** The broker refused to declare parts of the topology: names every one of them, with what differs. */
public class TopologyMismatchException extends BrokerSetupException {
    private final List<TopologyProblem> problems;

    TopologyMismatchException(String where, List<TopologyProblem> problems) {
        super(description(where, problems), action(problems), null);
        this.problems = List.copyOf(problems);
    }

    /** Every refusal, in the order of declaration. */
    public List<TopologyProblem> problems() {
        return problems;
    }

    private static String description(String where, List<TopologyProblem> problems) {
        StringBuilder text = new StringBuilder("The broker at " + where + " does not accept "
                + (problems.size() == 1 ? "a part" : problems.size() + " parts") + " of what the service declares:");
        problems.forEach(problem -> text.append("\n  - ").append(problem.text()));
        return text.toString();
    }

    private static String action(List<TopologyProblem> problems) {
        StringBuilder text = new StringBuilder();
        if (problems.stream().anyMatch(problem -> !problem.accessRefused())) {
            text.append("Where arguments differ, either set the property back to what the queue was made with"
                    + " (cio.broker.delivery-limit, cio.retry.delays), or stop all publishers, let the queue run empty"
                    + " or move its messages away, delete it (rabbitmqctl delete_queue NAME, with -p VHOST;"
                    + " exchanges in the management UI) and start again: the service declares it anew.");
        }
        if (problems.stream().anyMatch(TopologyProblem::accessRefused)) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append("Where access is refused, give the user configure, write and read permissions on cio.*"
                            + " and read and write on amq.default"
                            + " (rabbitmqctl set_permissions -p VHOST USER CONFIGURE WRITE READ).");
        }
        return text.toString();
    }
}
