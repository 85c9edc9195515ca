package io.cioroutes.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** The tables of BigQuery's emulator, made from the schemas that the service and Terraform use. */
final class EmulatorTables {

    private static final String HEADER =
            """
            # The tables of BigQuery's emulator, for docker-compose.yml. Made from src/main/resources/analytics by the tests:
            # a test that finds them different writes the right ones to target/tables.yaml.
            projects:
              - id: local
                datasets:
                  - id: customerio
                    tables:
            """;

    private EmulatorTables() {}

    /** @param schemas the files of src/main/resources/analytics by name */
    static String of(Map<String, String> schemas) {
        StringBuilder yaml = new StringBuilder(HEADER);
        Documents.yaml(schemas.get("tables.json")).get(0).fieldNames().forEachRemaining(table -> {
            yaml.append("          - id: ").append(table).append("\n            columns:\n");
            columns(yaml, Documents.yaml(schemas.get(table + ".json")).get(0), " ".repeat(14));
        });
        return yaml.toString();
    }

    private static void columns(StringBuilder yaml, JsonNode columns, String indent) {
        for (JsonNode column : columns) {
            yaml.append(indent)
                    .append("- name: ")
                    .append(column.get("name").asText())
                    .append('\n');
            for (String field : List.of("type", "mode")) {
                yaml.append(indent)
                        .append("  ")
                        .append(field)
                        .append(": ")
                        .append(column.get(field).asText())
                        .append('\n');
            }
            if (column.has("fields")) {
                yaml.append(indent).append("  fields:\n");
                columns(yaml, column.get("fields"), indent + "    ");
            }
        }
    }
}
