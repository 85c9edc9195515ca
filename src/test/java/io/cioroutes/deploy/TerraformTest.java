package io.cioroutes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Terraform configuration fits the provider's schema and the service, wherever the build runs. */
class TerraformTest {

    private static final ProviderSchema SCHEMA = ProviderSchema.load();
    private static final ServiceSettings SETTINGS = new ServiceSettings();

    private final Map<String, String> files = new TreeMap<>(Project.readAll("terraform"));

    private List<String> findings() {
        List<String> findings =
                new ArrayList<>(new TerraformCheck(SCHEMA, Project.ROOT.resolve("terraform"), files).findings());
        for (String environment : List.of("dev", "staging", "prod")) {
            TerraformEnvironments.of(files, "environments/" + environment + ".tfvars")
                    .forEach((workload, variables) -> {
                        String where = environment + " " + workload;
                        findings.addAll(SETTINGS.unread(where, variables.keySet()));
                        findings.addAll(SETTINGS.missing(where, variables));
                    });
        }
        return findings;
    }

    @Test
    void nothingIsWrong() {
        assertThat(findings()).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    run.tf        | max_instance_request_concurrency =        | max_request_concurrency =       | unknown argument "max_request_concurrency", did you mean "max_instance_request_concurrency"?
                    run.tf        | startup_cpu_boost = true                  | startup_cpu_boost = 1           | "startup_cpu_boost" must be true or false, not 1
                    run.tf        | INGRESS_TRAFFIC_ALL                       | INGRESS_ALL                     | "ingress" must be one of [INGRESS_TRAFFIC_ALL, INGRESS_TRAFFIC_INTERNAL_ONLY, INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER], not "INGRESS_ALL"
                    run.tf        | liveness_probe {                          | liveness {                      | unknown argument "liveness", did you mean "liveness_probe"?
                    run.tf        | container_port = 8080                     | container_port = "http"         | "container_port" must be a number, not "http"
                    run.tf        | google_service_account.workload["webhooks"].email | google_service_account.workload["webhooks"].mail | has no attribute "mail", did you mean "email"?
                    run.tf        | google_bigquery_dataset.events.dataset_id | google_bigquery_dataset.event.dataset_id | there is no google_bigquery_dataset.event
                    run.tf        | var.webhooks.cpu                          | var.webhook.cpu                 | there is no variable "webhook", did you mean "webhooks"?
                    run.tf        | local.collector_config                    | local.collector_conf            | there is no local value "collector_conf", did you mean "collector_config"?
                    run.tf        | location            = var.region          | `#`                             | argument "location" is required
                    run.tf        | /collector.yaml                           | /collectors.yaml                | there is no collectors.yaml beside the configuration
                    secrets.tf    | user_managed {                            | user_managed = {                | "user_managed" is a block: without =
                    secrets.tf    | replication {                             | dynamic "replication" {         | dynamic "replication" lacks for_each
                    bigquery.tf   | ../src/main/resources/analytics           | ../src/main/resources/bigquery  | there is no ../src/main/resources/bigquery beside the configuration
                    monitoring.tf | "COMPARISON_GT"                           | "GREATER"                       | "comparison" must be one of
                    monitoring.tf | combiner              = "OR"              | `#`                             | argument "combiner" is required
                    iam.tf        | resource "google_service_account"         | resource "google_serviceaccount" | resource type "google_serviceaccount" is not in the provider's schema
                    budget.tf     | amount {                                  | amounts {                       | block "amount" is required
                    variables.tf  | variable "operator_name" {                | variable "operators_name" {     | variable "operators_name" is not used
                    versions.tf   | user_project_override = true              | user_project_overide = true     | unknown argument "user_project_overide", did you mean "user_project_override"?
                    main.tf       | docker_config {                           | docker_config {{                | main.tf: line
                    main.tf       | format        = "DOCKER"                  | format        = "DOCKER         | a string is not closed
                    environments/prod.tfvars | alert_emails                   | alert_mails                     | there is no variable "alert_mails", did you mean "alert_emails"?
                    environments/dev.tfvars  | region  | regions | variable "region" needs a value
                    run.tf        | CUSTOMERIO_REGION                         | CUSTOMER_IO_REGION              | workers: the service does not read CUSTOMER_IO_REGION, did you mean CUSTOMERIO_REGION?
                    run.tf        | CIO_SENDS_JDBC_URL                        | CIO_SENDS_URL                   | workers: the service does not read CIO_SENDS_URL
                    run.tf        | BIGQUERY_PROJECT                          | GOOGLE_CLOUD_PROJECT            | workers: BIGQUERY_PROJECT is missing
                    run.tf        | MANAGEMENT_SERVER_PORT                    | MANAGEMENT_PORT                 | workers: SPRING_SECURITY_USER_PASSWORD is missing
                    secrets.tf    | SPRING_RABBITMQ_ADDRESSES                 | SPRING_RABBITMQ_URI             | webhooks: SPRING_RABBITMQ_ADDRESSES (or SPRING_RABBITMQ_HOST) is missing
                    environments/dev.tfvars  | customerio_region = "eu" | customerio_region = "uk" | dev workers: CUSTOMERIO_REGION is 'uk'
                    environments/prod.tfvars | labels = { | settings = { CIO_TRACK_CALS = "32", | prod webhooks: the service does not read CIO_TRACK_CALS, did you mean CIO_TRACK_CALLS?
                    secrets.tf    | CUSTOMERIO_WEBHOOK_SIGNING_KEY            | CUSTOMERIO_WEBHOOK_KEY          | webhooks: CUSTOMERIO_WEBHOOK_SIGNING_KEY is missing
                    """)
    void aMistakeIsFound(String file, String right, String wrong, String finding) {
        assertThat(files.get(file)).contains(right);
        files.compute(file, (name, text) -> text.replaceFirst(Pattern.quote(right), Matcher.quoteReplacement(wrong)));

        assertThat(findings()).anySatisfy(line -> assertThat(line).contains(finding));
    }
}
