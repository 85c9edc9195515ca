# Tables and views come from the files that the service itself is built with, so that neither can drift from the other.

locals {
  analytics_directory = coalesce(var.analytics_directory, "${path.module}/../src/main/resources/analytics")

  tables = jsondecode(file("${local.analytics_directory}/tables.json"))

  views = {
    for file in fileset(local.analytics_directory, "views/*.sql") :
    trimsuffix(basename(file), ".sql") => templatefile("${local.analytics_directory}/${file}", {
      dataset = "`${var.project_id}`.${var.dataset_id}"
    })
  }

  # BigQuery checks a view's query when the view is created, so views that others read from come first.
  views_on_views = toset([
    for name, query in local.views : name
    if anytrue([for other in keys(local.views) : strcontains(query, ".${other}")])
  ])
}

resource "google_bigquery_dataset" "events" {
  dataset_id    = var.dataset_id
  friendly_name = "Customer.io events"
  description   = "What Customer.io reported by webhook: one row per event, the whole body in the column payload."
  location      = coalesce(var.dataset_location, var.region)
  labels        = local.labels

  delete_contents_on_destroy = false

  depends_on = [google_project_service.this]
}

resource "google_bigquery_table" "events" {
  for_each = local.tables

  dataset_id          = google_bigquery_dataset.events.dataset_id
  table_id            = each.key
  description         = each.value.description
  schema              = file("${local.analytics_directory}/${each.key}.json")
  clustering          = each.value.clustering
  labels              = local.labels
  deletion_protection = var.deletion_protection

  time_partitioning {
    type          = each.value.partition_type
    field         = each.value.partition_field
    expiration_ms = var.event_retention_days == null ? null : var.event_retention_days * 24 * 60 * 60 * 1000
  }
}

resource "google_bigquery_table" "view" {
  for_each = { for name, query in local.views : name => query if !contains(local.views_on_views, name) }

  dataset_id          = google_bigquery_dataset.events.dataset_id
  table_id            = each.key
  description         = "See ${each.key}.sql in the repository"
  labels              = local.labels
  deletion_protection = false

  view {
    query          = each.value
    use_legacy_sql = false
  }

  depends_on = [google_bigquery_table.events]
}

resource "google_bigquery_table" "view_on_views" {
  for_each = local.views_on_views

  dataset_id          = google_bigquery_dataset.events.dataset_id
  table_id            = each.key
  description         = "See ${each.key}.sql in the repository"
  labels              = local.labels
  deletion_protection = false

  view {
    query          = local.views[each.key]
    use_legacy_sql = false
  }

  lifecycle {
    precondition {
      condition     = !anytrue([for other in local.views_on_views : strcontains(local.views[each.key], ".${other}")])
      error_message = "${each.key} reads from a view that itself reads from a view: only two levels are created in order."
    }
  }

  depends_on = [google_bigquery_table.events, google_bigquery_table.view]
}

resource "google_bigquery_dataset_iam_member" "writer" {
  dataset_id = google_bigquery_dataset.events.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.workload["workers"].member
}

resource "google_bigquery_dataset_iam_member" "reader" {
  for_each = var.dataset_readers

  dataset_id = google_bigquery_dataset.events.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.key
}
