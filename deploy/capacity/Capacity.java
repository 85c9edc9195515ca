import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * How many instances a load needs, and what they cost: {@code java deploy/capacity/Capacity.java [commands per second …]}.
 * Calculates with {@code figures.properties} beside it and prints a table in Markdown.
 */
public final class Capacity {

    private static final double SECONDS_PER_MONTH = 730 * 3600;

    private final Properties figures = new Properties();

    private Capacity(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            figures.load(reader);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of("deploy", "capacity", "figures.properties");
        List<Double> loads = new ArrayList<>();
        for (String argument : arguments) {
            loads.add(Double.valueOf(argument));
        }
        System.out.print(new Capacity(file).table(loads.isEmpty() ? List.of(1.0, 100.0, 10_000.0) : loads));
    }

    private double figure(String name) {
        String value = figures.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("figures.properties lacks " + name);
        }
        return Double.parseDouble(value);
    }

    private String table(List<Double> loads) {
        List<Plan> plans = loads.stream().map(Plan::new).toList();
        StringBuilder table = new StringBuilder();
        row(table, "commands a second", plans, plan -> number(plan.commands));
        row(table, "---", plans, plan -> "---:");
        row(table, "webhooks a second", plans, plan -> number(plan.webhooks));
        row(table, "requests to the Track API a second, at most", plans, plan -> number(plan.requests));
        row(table, "… of what Customer.io allows", plans, plan -> percent(plan.requests / figure("track.requests.limit")));
        row(table, "workers (commands and analytics)", plans, plan -> number(plan.workers));
        row(table, "instances of the webhook service", plans, plan -> number(plan.receivers));
        row(table, "messages a second through RabbitMQ", plans, plan -> number(plan.brokerMessages));
        row(table, "RabbitMQ", plans, plan -> number(figure("broker.nodes")) + " × " + number(plan.brokerVcpu) + " vCPU");
        row(table, "backlog of an hour's outage, GB per node", plans, plan -> number(plan.outageGigabytes));
        row(table, "rows a month, million", plans, plan -> number(plan.rowsPerMonth / 1e6));
        row(table, "Cloud Run, USD a month", plans, plan -> number(plan.computeCost));
        row(table, "RabbitMQ, USD a month", plans, plan -> number(plan.brokerCost));
        row(table, "BigQuery, USD a month", plans, plan -> number(plan.bigQueryCost));
        row(table, "the rest, USD a month", plans, plan -> number(figure("price.base")));
        row(table, "**together, USD a month**", plans, plan -> "**" + number(plan.cost) + "**");
        row(table, "USD per million commands", plans, plan -> String.format(Locale.ROOT, "%.2f", plan.cost / plan.commandsPerMonth * 1e6));
        table.append('\n')
                .append("Autoscaling by queue depth, messages per instance: commands ")
                .append(number(backlog("commands.per.vcpu")))
                .append(", analytics ")
                .append(number(backlog("rows.per.vcpu")))
                .append(".\n");
        return table.toString();
    }

    /** Messages that one instance clears in the time that a backlog may last. */
    private double backlog(String rate) {
        return figure(rate) * figure("instance.vcpu") * figure("utilization") * figure("backlog.seconds");
    }

    private interface Cell {
        String of(Plan plan);
    }

    private static void row(StringBuilder table, String name, List<Plan> plans, Cell cell) {
        table.append("| ").append(name).append(" |");
        plans.forEach(plan -> table.append(' ').append(cell.of(plan)).append(" |"));
        table.append('\n');
    }

    /** Two significant digits below ten, whole numbers above. */
    private static String number(double value) {
        return value == Math.rint(value) || value >= 10
                ? String.format(Locale.ROOT, "%,d", Math.round(value))
                : String.format(Locale.ROOT, "%.2g", value).replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private static String percent(double value) {
        return number(value * 100) + " %";
    }

    /** What one load needs. */
    private final class Plan {
        final double commands;
        final double webhooks;
        final double requests;
        final double workers;
        final double receivers;
        final double brokerMessages;
        final double brokerVcpu;
        final double outageGigabytes;
        final double commandsPerMonth;
        final double rowsPerMonth;
        final double computeCost;
        final double brokerCost;
        final double bigQueryCost;
        final double cost;

        Plan(double commandsPerSecond) {
            commands = commandsPerSecond;
            webhooks = commands * figure("webhooks.per.command");
            workers = instances(commands / figure("commands.per.vcpu") + webhooks / figure("rows.per.vcpu"));
            receivers = instances(webhooks / figure("webhooks.per.vcpu"));

            // A batch is sent when it is full or its interval is over, whichever comes first, and never empty.
            double intervals = 1000 / figure("batch.interval.ms") * workers;
            double full = commands * figure("requests.per.1000.commands") / 1000;
            requests = Math.min(commands, Math.max(full, intervals));

            // A webhook is published to its queue, to the bus and to the queue of the store.
            brokerMessages = commands + 3 * webhooks;
            double perNode = brokerMessages / figure("broker.messages.per.vcpu") / figure("utilization");
            brokerVcpu = Math.max(figure("broker.node.vcpu.least"), 2 * Math.ceil(perNode / 2));
            outageGigabytes =
                    (commands * figure("command.bytes") + webhooks * figure("webhook.bytes")) * 3600 / 1e9;

            commandsPerMonth = commands * SECONDS_PER_MONTH;
            rowsPerMonth = webhooks * SECONDS_PER_MONTH;

            computeCost = SECONDS_PER_MONTH
                    * (receivers
                                    * (figure("instance.vcpu") * figure("price.service.vcpu.s")
                                            + figure("instance.gib") * figure("price.service.gib.s"))
                            + workers
                                    * ((figure("instance.vcpu") + figure("collector.vcpu")) * figure("price.worker.vcpu.s")
                                            + (figure("instance.gib") + figure("collector.gib"))
                                                    * figure("price.worker.gib.s")));
            // The disk holds a day of outage.
            double disk = Math.max(20, outageGigabytes * 24);
            brokerCost = figure("broker.nodes")
                    * (brokerVcpu * figure("price.broker.vcpu") + disk * figure("price.broker.disk.gb"));
            double rowGigabytes = Math.max(1000, figure("webhook.bytes")) * rowsPerMonth / 1e9;
            // The first month's storage, on average half full.
            bigQueryCost = rowGigabytes * (figure("price.bigquery.insert.gb") + figure("price.bigquery.storage.gb") / 2);
            cost = computeCost + brokerCost + bigQueryCost + figure("price.base");
        }

        /** Instances for so many busy vCPUs, none of them planned for more than the utilization. */
        private double instances(double vcpu) {
            return Math.max(1, Math.ceil(vcpu / (figure("instance.vcpu") * figure("utilization"))));
        }
    }
}
