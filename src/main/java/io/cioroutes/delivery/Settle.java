package io.cioroutes.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles the commands of a request by the API's answer. In: an {@link ApiAnswer}. Accepted commands are acknowledged,
 * unless they have a further operation; those are left in the exchange property {@value #NEXT}. Refused ones are left in
 * {@value #REJECTED}, each with its {@link Failure}, still unacknowledged.
 *
 * <p>Fails with {@link BatchRefusedException} when a batch was refused and the answer does not say for which command.
 */
final class Settle implements Processor {

    private static final Logger log = LoggerFactory.getLogger(Settle.class);

    static final String NEXT = "next";
    static final String REJECTED = "rejected";

    private final DeliveryMetrics metrics;

    Settle(DeliveryMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void process(Exchange exchange) throws BatchRefusedException {
        ApiRequest request = ApiRequest.of(exchange);
        ApiAnswer answer = exchange.getMessage().getBody(ApiAnswer.class);
        List<Command> commands = request.commands();
        Map<Integer, String> refused = refused(answer, commands.size());
        List<Command> delivered = new ArrayList<>();
        List<Command> next = new ArrayList<>();
        List<Command> rejected = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            Command command = commands.get(i);
            String text = refused.get(i);
            if (text != null) {
                command.failedFor(new Failure(Failure.Reason.REJECTED, answer.status(), text));
                rejected.add(command);
            } else if (command.accepted()) {
                next.add(command);
            } else {
                delivered.add(command);
            }
        }
        Delivery.ackAll(delivered.stream().map(Command::delivery).toList());
        for (Command command : delivered) {
            metrics.delivered(command);
            if (log.isDebugEnabled()) {
                LoggedMessage.about(command, () -> log.debug("Delivered ({}): {}", answer.status(), command));
            }
        }
        exchange.setProperty(NEXT, next);
        exchange.setProperty(REJECTED, rejected);
    }

    /** Index to text of the commands that the answer refuses. */
    private static Map<Integer, String> refused(ApiAnswer answer, int size) throws BatchRefusedException {
        if (answer.isSuccess() && answer.status() != 207) {
            return Map.of();
        }
        Map<Integer, String> refused = answer.status() == 207 ? answer.refusedItems() : Map.of(-1, answer.errorText());
        boolean attributed = refused.keySet().stream().allMatch(index -> index >= 0 && index < size);
        if (attributed) {
            return refused;
        }
        if (size > 1) {
            throw new BatchRefusedException(answer.status(), answer.errorText());
        }
        return Map.of(0, String.join("; ", refused.values()));
    }
}
