# The first run: no image, no secret values yet.

mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

variables {
  project_id        = "example-dev"
  environment       = "dev"
  region            = "europe-west1"
  customerio_region = "eu"
  deploy_workloads  = false
}

run "creates_all_but_the_workloads" {
  assert {
    condition     = length(google_cloud_run_v2_service.webhooks) + length(google_cloud_run_v2_worker_pool.workers) == 0
    error_message = "Workloads need an image and secret values."
  }

  assert {
    condition     = length(google_monitoring_alert_policy.webhooks) + length(google_monitoring_alert_policy.rule) + length(google_monitoring_alert_policy.down) == 0
    error_message = "Without workloads there is nothing to watch."
  }

  assert {
    condition = keys(output.secrets) == [
      "customerio-routes-customerio-app-api-key",
      "customerio-routes-customerio-site-id",
      "customerio-routes-customerio-track-api-key",
      "customerio-routes-customerio-webhook-signing-key",
      "customerio-routes-operator-password",
      "customerio-routes-rabbitmq-addresses",
    ]
    error_message = "The output must name every secret that needs a value."
  }

  assert {
    condition     = output.image_repository == "europe-west1-docker.pkg.dev/example-dev/customerio-routes/customerio-routes"
    error_message = "The output must say where images go."
  }

  assert {
    condition     = output.webhook_url == null && output.github == null
    error_message = "What does not exist has no output."
  }

  assert {
    condition     = length(google_billing_budget.monthly) + length(google_iam_workload_identity_pool.github) == 0
    error_message = "Budget and GitHub access are only made when asked for."
  }
}

run "stores_events_by_day" {
  assert {
    condition     = toset(keys(google_bigquery_table.events)) == toset(["message_events", "subscription_events", "unrecognized_events"])
    error_message = "The three tables of events must exist."
  }

  assert {
    condition = alltrue([
      for table in google_bigquery_table.events :
      table.time_partitioning[0].type == "DAY" && table.time_partitioning[0].field == "event_time" && length(table.clustering) >= 1
    ])
    error_message = "Tables must be partitioned by day and clustered."
  }

  assert {
    condition     = alltrue([for table in google_bigquery_table.events : table.deletion_protection])
    error_message = "Tables must be protected."
  }

  assert {
    condition     = contains([for field in jsondecode(google_bigquery_table.events["message_events"].schema) : field.name], "event_id")
    error_message = "Schemas must come from the files."
  }

  assert {
    condition     = strcontains(google_bigquery_table.view["message_events_unique"].view[0].query, "from `example-dev`.customerio.message_events")
    error_message = "Views must read from this project's dataset."
  }

  assert {
    condition     = length(setintersection(keys(google_bigquery_table.view), keys(google_bigquery_table.view_on_views))) == 0 && contains(keys(google_bigquery_table.view_on_views), "campaign_results_daily")
    error_message = "A view that reads from views must be made after them."
  }

  assert {
    condition     = google_bigquery_dataset.events.location == "europe-west1" && !google_bigquery_dataset.events.delete_contents_on_destroy
    error_message = "The dataset is in the region and is never emptied by a destroy."
  }
}

run "deletes_old_events_when_told" {
  variables {
    event_retention_days = 90
  }

  assert {
    condition     = alltrue([for table in google_bigquery_table.events : table.time_partitioning[0].expiration_ms == 7776000000])
    error_message = "90 days are 7,776,000,000 ms."
  }
}

run "gives_each_workload_only_what_it_uses" {
  assert {
    condition = toset([for access in local.secret_access : access.secret if access.workload == "webhooks"]) == toset([
      "rabbitmq-addresses", "customerio-webhook-signing-key", "operator-password",
    ])
    error_message = "The webhook service must not read API keys."
  }

  assert {
    condition     = length(google_secret_manager_secret_iam_member.reader) == 7 && alltrue([for member in google_secret_manager_secret_iam_member.reader : member.role == "roles/secretmanager.secretAccessor"])
    error_message = "Access is given secret by secret."
  }

  assert {
    condition     = google_bigquery_dataset_iam_member.writer.member == google_service_account.workload["workers"].member
    error_message = "Only the workers write to the dataset."
  }
}
