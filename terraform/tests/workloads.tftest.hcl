# Both workloads, as in production.

mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }

  mock_resource "google_cloud_run_v2_service" {
    defaults = {
      uri = "https://customerio-routes-webhooks-abc-ew.a.run.app"
    }
  }
}

variables {
  project_id        = "example-prod"
  environment       = "prod"
  region            = "europe-west1"
  customerio_region = "eu"
  image             = "europe-west1-docker.pkg.dev/example-prod/customerio-routes/customerio-routes:1.0.0"
  alert_emails      = ["oncall@example.com"]
}

run "receives_webhooks" {
  assert {
    condition     = google_cloud_run_v2_service.webhooks[0].template[0].scaling[0].min_instance_count == 1 && google_cloud_run_v2_service.webhooks[0].template[0].scaling[0].max_instance_count == 10
    error_message = "The webhook service runs on 1 to 10 instances."
  }

  assert {
    condition     = google_cloud_run_v2_service.webhooks[0].template[0].containers[0].resources[0].limits == tomap({ cpu = "1", memory = "512Mi" })
    error_message = "An instance has 1 CPU and 512 MiB."
  }

  assert {
    condition     = google_cloud_run_v2_service.webhooks[0].template[0].containers[0].resources[0].cpu_idle == false
    error_message = "Events are routed between requests: the CPU must stay on."
  }

  assert {
    condition     = output.webhook_url == "https://customerio-routes-webhooks-abc-ew.a.run.app/webhooks/customerio"
    error_message = "The output must be the URL for Customer.io."
  }

  assert {
    condition     = google_monitoring_uptime_check_config.webhooks[0].monitored_resource[0].labels.host == "customerio-routes-webhooks-abc-ew.a.run.app"
    error_message = "The uptime check must watch the service."
  }

  assert {
    condition = toset([for env in google_cloud_run_v2_service.webhooks[0].template[0].containers[0].env : env.name]) == toset([
      "SPRING_PROFILES_ACTIVE", "CIO_ROLES", "SPRING_RABBITMQ_ADDRESSES", "CUSTOMERIO_WEBHOOK_SIGNING_KEY",
      "SPRING_SECURITY_USER_NAME", "SPRING_SECURITY_USER_PASSWORD",
    ])
    error_message = "The webhook service must get exactly what it reads."
  }
}

run "delivers_commands_and_stores_events" {
  assert {
    condition     = google_cloud_run_v2_worker_pool.workers[0].scaling[0].manual_instance_count == 1
    error_message = "One worker by default."
  }

  assert {
    condition = toset([for env in google_cloud_run_v2_worker_pool.workers[0].template[0].containers[0].env : env.name]) == toset([
      "SPRING_PROFILES_ACTIVE", "CIO_ROLES", "SPRING_RABBITMQ_ADDRESSES", "CUSTOMERIO_REGION", "CUSTOMERIO_SITE_ID",
      "CUSTOMERIO_TRACK_API_KEY", "CUSTOMERIO_APP_API_KEY", "BIGQUERY_PROJECT", "BIGQUERY_DATASET",
      "MANAGEMENT_SERVER_PORT", "MANAGEMENT_METRICS_TAGS_WORKER",
    ])
    error_message = "The workers must get exactly what they read."
  }

  assert {
    condition     = one([for env in google_cloud_run_v2_worker_pool.workers[0].template[0].containers[0].env : env.value if env.name == "MANAGEMENT_METRICS_TAGS_WORKER"]) == "$${random.uuid}"
    error_message = "Spring must see the placeholder."
  }

  assert {
    condition     = yamldecode(local.collector_config).receivers.prometheus.config.scrape_configs[0].static_configs[0].targets == ["localhost:8081"]
    error_message = "The collector must read the management port."
  }

  assert {
    condition     = length(google_cloud_run_v2_worker_pool.workers[0].template[0].containers) == 2
    error_message = "The collector runs beside the service."
  }
}

run "never_passes_a_secret_as_a_value" {
  assert {
    condition = alltrue([
      for env in concat(
        tolist(google_cloud_run_v2_service.webhooks[0].template[0].containers[0].env),
        tolist(google_cloud_run_v2_worker_pool.workers[0].template[0].containers[0].env),
      ) : env.value == null && env.value_source[0].secret_key_ref[0].version == "latest"
      if can(regex("PASSWORD|API_KEY|SIGNING_KEY|SITE_ID|ADDRESSES", env.name))
    ])
    error_message = "Secrets must come from Secret Manager."
  }
}

run "watches_both" {
  assert {
    condition     = length(google_monitoring_alert_policy.webhooks) == 3 && length(google_monitoring_alert_policy.rule) >= 1
    error_message = "Cloud Run's own metrics and the service's must be watched."
  }

  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.rule : length(policy.notification_channels) == 1 && policy.documentation[0].content != ""])
    error_message = "Every alert must reach somebody and say what to do."
  }

  assert {
    condition     = google_monitoring_alert_policy.webhooks["refused"].display_name == "customerio-routes prod: webhooks are answered with errors"
    error_message = "Names of alerts say where and what."
  }
}

run "remembers_sends_in_a_database" {
  variables {
    sends_database = {
      url      = "jdbc:postgresql://10.0.0.5:5432/customerio"
      username = "customerio"
    }
  }

  assert {
    condition = length(setsubtract(
      ["CIO_SENDS_STORE", "CIO_SENDS_JDBC_URL", "CIO_SENDS_JDBC_USERNAME", "CIO_SENDS_JDBC_PASSWORD"],
      [for env in google_cloud_run_v2_worker_pool.workers[0].template[0].containers[0].env : env.name],
    )) == 0
    error_message = "The workers must know the database."
  }

  assert {
    condition     = contains(keys(output.secrets), "customerio-routes-sends-database-password")
    error_message = "Its password is one more secret."
  }
}

run "shares_the_workspaces_limits" {
  variables {
    workers = { instances = 4 }
  }

  assert {
    condition = sort([
      for env in google_cloud_run_v2_worker_pool.workers[0].template[0].containers[0].env : "${env.name}=${env.value}"
      if can(regex("RATE", env.name))
    ]) == tolist(["CIO_BROADCAST_RATEPERIOD=40000", "CIO_TRACK_RATEREQUESTS=750", "CIO_TRANSACTIONAL_RATEREQUESTS=25"])
    error_message = "Four workers have a quarter of Customer.io's limits each."
  }
}

run "reaches_a_private_network" {
  variables {
    network = {
      network    = "main"
      subnetwork = "run"
    }
  }

  assert {
    condition     = google_cloud_run_v2_service.webhooks[0].template[0].vpc_access[0].egress == "PRIVATE_RANGES_ONLY" && google_cloud_run_v2_worker_pool.workers[0].template[0].vpc_access[0].network_interfaces[0].subnetwork == "run"
    error_message = "Both workloads must go through the network."
  }
}

run "does_without_the_collector" {
  variables {
    collector = null
  }

  assert {
    condition     = length(google_cloud_run_v2_worker_pool.workers[0].template[0].containers) == 1 && length(google_monitoring_alert_policy.rule) == 0
    error_message = "No collector, no alerts on its metrics."
  }
}

run "keeps_to_a_budget" {
  variables {
    budget = {
      billing_account = "012345-6789AB-CDEF01"
      amount          = 150
    }
  }

  assert {
    condition     = google_billing_budget.monthly[0].budget_filter[0].projects == toset(["projects/123456789012"]) && google_billing_budget.monthly[0].amount[0].specified_amount[0].units == "150"
    error_message = "The budget is this project's."
  }

  assert {
    condition     = length(google_billing_budget.monthly[0].threshold_rules) == 4
    error_message = "The budget warns at 50, 90 and 100 %, and when 100 % is forecast."
  }
}

run "lets_one_repository_in" {
  variables {
    github_repository = "example/customerio-routes"
  }

  assert {
    condition     = google_iam_workload_identity_pool_provider.github[0].attribute_condition == "assertion.repository == \"example/customerio-routes\""
    error_message = "Only that repository may sign in."
  }

  assert {
    condition     = endswith(google_service_account_iam_member.ci["image"].member, "/subject/repo:example/customerio-routes:ref:refs/heads/main")
    error_message = "Images are pushed from main only."
  }

  assert {
    condition     = toset([for member in google_project_iam_member.ci_plan : member.role]) == toset(["roles/viewer", "roles/iam.securityReviewer"])
    error_message = "A plan reads, and changes nothing."
  }
}

run "service_reads_the_secrets" {
  variables {
    secrets_read_by = "service"
  }

  assert {
    condition     = one([for env in google_cloud_run_v2_worker_pool.workers[0].template[0].containers[0].env : env.value if env.name == "CUSTOMERIO_TRACK_API_KEY"]) == "gcp:example-prod/customerio-routes-customerio-track-api-key"
    error_message = "The service must get a reference, which it resolves itself."
  }

  assert {
    condition     = !anytrue([for env in google_cloud_run_v2_service.webhooks[0].template[0].containers[0].env : length(env.value_source) > 0])
    error_message = "Cloud Run must inject no secret as well."
  }

  assert {
    condition     = one([for env in google_cloud_run_v2_service.webhooks[0].template[0].containers[0].env : env.value if env.name == "CUSTOMERIO_WEBHOOK_SIGNING_KEY"]) == "gcp:example-prod/customerio-routes-customerio-webhook-signing-key"
    error_message = "The webhook service must get a reference too."
  }
}
