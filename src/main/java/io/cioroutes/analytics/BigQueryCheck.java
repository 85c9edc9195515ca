package io.cioroutes.analytics;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.Field;
import com.google.cloud.bigquery.FieldList;
import com.google.cloud.bigquery.Table;
import com.google.cloud.bigquery.TableId;
import io.cioroutes.analytics.TableSchema.Column;
import io.cioroutes.analytics.TableSchema.Mode;
import io.cioroutes.doctor.Check;
import io.cioroutes.doctor.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Holds BigQuery's tables against the schemas that the service writes by. */
public final class BigQueryCheck implements Check {

    private static final String MAKE =
            "Terraform makes the tables from src/main/resources/analytics: terraform apply; docs/deploy.md tells how.";

    private final Environment environment;

    /** @param environment with the derived settings */
    public BigQueryCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public String area() {
        return "bigquery";
    }

    @Override
    public List<Finding> findings() {
        if (!environment.getProperty("cio.role.analytics", Boolean.class, false)) {
            return List.of(Finding.ok(area(), "not needed: cio.roles has no analytics"));
        }
        if (!StringUtils.hasText(environment.getProperty("cio.bigquery.project"))) {
            return List.of(Finding.ok(area(), "not used: BIGQUERY_PROJECT is not set"));
        }
        BigQueryProperties properties = Binder.get(environment)
                .bind("cio.bigquery", BigQueryProperties.class)
                .get();
        String dataset = properties.project() + "." + properties.dataset();
        try {
            return examine(BigQueryClient.of(properties), properties, dataset);
        } catch (BigQueryException e) {
            return List.of(Finding.problem(area(), dataset + ": " + said(e), advice(e.getCode())));
        }
    }

    private List<Finding> examine(BigQuery bigQuery, BigQueryProperties properties, String dataset) {
        List<Finding> findings = new ArrayList<>();
        for (TableSchema schema : new TreeMap<>(TableSchema.ALL).values()) {
            Table table = bigQuery.getTable(TableId.of(properties.project(), properties.dataset(), schema.name()));
            String name = dataset + "." + schema.name();
            if (table == null) {
                findings.add(Finding.problem(area(), name + " does not exist", MAKE));
                continue;
            }
            List<String> differences = new ArrayList<>();
            compare("", schema.columns(), table.getDefinition().getSchema().getFields(), differences);
            differences.forEach(difference -> findings.add(Finding.problem(area(), name + ": " + difference, MAKE)));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(
                    area(), dataset + ": " + TableSchema.ALL.size() + " tables, columns as the service writes"));
        }
        return findings;
    }

    private static void compare(String prefix, List<Column> columns, FieldList fields, List<String> differences) {
        for (Column column : columns) {
            String name = prefix + column.name();
            Field field = fields.stream()
                    .filter(candidate -> candidate.getName().equalsIgnoreCase(column.name()))
                    .findFirst()
                    .orElse(null);
            if (field == null) {
                differences.add("column " + name + " is missing");
            } else if (!field.getType().name().equals(column.type().name())) {
                differences.add("column " + name + " is " + field.getType().name() + ", not " + column.type());
            } else {
                Mode mode = mode(field);
                if (mode != column.mode() && (mode != Mode.NULLABLE || column.mode() == Mode.REPEATED)) {
                    differences.add("column " + name + " is " + mode + ", not " + column.mode());
                }
                if (column.fields() != null) {
                    compare(name + ".", column.fields(), field.getSubFields(), differences);
                }
            }
        }
        fields.stream()
                .filter(field -> mode(field) == Mode.REQUIRED)
                .filter(field ->
                        columns.stream().noneMatch(column -> column.name().equalsIgnoreCase(field.getName())))
                .forEach(field -> differences.add(
                        "column " + prefix + field.getName() + " is REQUIRED, and the service does not write it"));
    }

    private static Mode mode(Field field) {
        return Mode.valueOf(
                Objects.requireNonNullElse(field.getMode(), Field.Mode.NULLABLE).name());
    }

    private static String said(BigQueryException e) {
        return (e.getCode() == 0 ? "" : "BigQuery answers " + e.getCode() + ": ") + e.getMessage();
    }

    private static String advice(int status) {
        return switch (status) {
            case 401 -> "Log in: gcloud auth application-default login, or let the service run as a service account.";
            case 403 ->
                "Give the service's account roles/bigquery.dataEditor on the dataset; is the project's id right?";
            case 404 -> "Check BIGQUERY_PROJECT and BIGQUERY_DATASET. " + MAKE;
            default ->
                "Check the network and BIGQUERY_ENDPOINT, and that there are credentials (gcloud auth"
                        + " application-default login). Events wait in cio.analytics meanwhile.";
        };
    }
}
