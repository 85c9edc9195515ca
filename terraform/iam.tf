# One service account per workload, each with only what it uses. Secrets: secrets.tf. The dataset: bigquery.tf.

locals {
  workload_accounts = {
    webhooks = "Receives webhooks of Customer.io"
    workers  = "Delivers commands to Customer.io and stores events in BigQuery"
  }
}

resource "google_service_account" "workload" {
  for_each = local.workload_accounts

  account_id   = "${var.name}-${each.key}"
  display_name = "${var.name} ${each.key}"
  description  = each.value

  depends_on = [google_project_service.this]
}

# The collector beside the workers writes their metrics.
resource "google_project_iam_member" "metrics" {
  project = var.project_id
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.workload["workers"].member
}

# A replay of events is a query.
resource "google_project_iam_member" "queries" {
  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.workload["workers"].member
}
