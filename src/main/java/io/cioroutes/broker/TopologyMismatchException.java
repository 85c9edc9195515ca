package io.cioroutes.broker;

import java.util.ArrayList;
import java.util.List;

/** The broker refused to declare parts of the topology: names every one of them, with what differs. */
public class TopologyMismatchException extends BrokerSetupException {
    /** What the service needs, as patterns to configure, write and read. Dead letters go by the default exchange. */
    static final String PERMISSIONS = "'^cio(\\..*)?$' '^(cio(\\..*)?|amq\\.default)$' '^cio(\\..*)?$'";

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
        List<String> actions = new ArrayList<>();
        if (problems.stream().anyMatch(problem -> !problem.accessRefused())) {
            actions.add("Where arguments differ (RabbitMQ names the first that does): set the property back to what the"
                    + " queue was made with (cio.broker.delivery-limit), or stop the publishers, let the queue run empty"
                    + " or move its messages away, delete it (rabbitmqctl delete_queue -p VHOST NAME; an exchange in"
                    + " the management UI), and start again: the service declares it anew.");
        }
        if (problems.stream().anyMatch(TopologyProblem::accessRefused)) {
            actions.add("Where access is refused, allow it: rabbitmqctl set_permissions -p VHOST USER " + PERMISSIONS);
        }
        return String.join("\n", actions);
    }
}
