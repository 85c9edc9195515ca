locals {
  # What each workload reads from its environment, besides the secrets.
  environment = {
    webhooks = merge(var.settings, {
      SPRING_PROFILES_ACTIVE    = "prod"
      CIO_ROLES                 = "webhooks"
      SPRING_SECURITY_USER_NAME = var.operator_name
    })
    workers = merge(
      var.settings,
      {
        SPRING_PROFILES_ACTIVE = "prod"
        CIO_ROLES              = "commands,analytics"
        CUSTOMERIO_REGION      = var.customerio_region
        BIGQUERY_PROJECT       = var.project_id
        BIGQUERY_DATASET       = google_bigquery_dataset.events.dataset_id
        # A worker pool has no address: only the collector beside the service reaches this port.
        MANAGEMENT_SERVER_PORT = "8081"
        # Tells the metrics of several workers apart. Spring replaces the placeholder at start.
        MANAGEMENT_METRICS_TAGS_WORKER = "$${random.uuid}"
      },
      # Customer.io's limits are per workspace, the service's are per instance: each worker has its share.
      var.workers.instances < 2 ? {} : {
        CIO_TRACK_RATEREQUESTS         = floor(3000 / var.workers.instances)
        CIO_TRANSACTIONAL_RATEREQUESTS = floor(100 / var.workers.instances)
        CIO_BROADCAST_RATEPERIOD       = 10000 * var.workers.instances
      },
      var.sends_database == null ? {} : {
        CIO_SENDS_STORE         = "jdbc"
        CIO_SENDS_JDBC_URL      = var.sends_database.url
        CIO_SENDS_JDBC_USERNAME = var.sends_database.username
      },
    )
  }

  collector_config = templatefile("${path.module}/collector.yaml", {
    job         = var.name
    project     = var.project_id
    region      = var.region
    environment = var.environment
    target      = "localhost:${local.environment.workers.MANAGEMENT_SERVER_PORT}"
  })
}

resource "google_cloud_run_v2_service" "webhooks" {
  count = var.deploy_workloads ? 1 : 0

  name                = "${var.name}-webhooks"
  location            = var.region
  description         = "Receives Customer.io's reporting webhooks and routes them"
  labels              = local.labels
  deletion_protection = var.deletion_protection

  # Customer.io calls from the internet and proves itself by its signature, not by IAM.
  ingress              = "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = true

  template {
    service_account                  = google_service_account.workload["webhooks"].email
    max_instance_request_concurrency = var.webhooks.concurrency
    # Customer.io gives up after 4 s.
    timeout = "10s"
    labels  = local.labels

    scaling {
      min_instance_count = var.webhooks.min_instances
      max_instance_count = var.webhooks.max_instances
    }

    dynamic "vpc_access" {
      for_each = var.network[*]
      content {
        egress = vpc_access.value.egress

        network_interfaces {
          network    = vpc_access.value.network
          subnetwork = vpc_access.value.subnetwork
          tags       = vpc_access.value.tags
        }
      }
    }

    containers {
      name  = "service"
      image = var.image

      ports {
        container_port = 8080
      }

      resources {
        limits = {
          cpu    = var.webhooks.cpu
          memory = var.webhooks.memory
        }
        # Events are routed from a queue between requests as well: the CPU stays on.
        cpu_idle          = false
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = merge(local.environment.webhooks, local.referenced_secrets["webhooks"])
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = local.injected_secrets["webhooks"]
        content {
          name = env.value.variable

          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.this[env.key].secret_id
              version = "latest"
            }
          }
        }
      }

      # Neither probe depends on RabbitMQ or Customer.io: restarting does not bring those back.
      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 1
        failure_threshold = 60

        http_get {
          path = "/actuator/health/liveness"
          port = 8080
        }
      }

      liveness_probe {
        period_seconds    = 10
        timeout_seconds   = 3
        failure_threshold = 3

        http_get {
          path = "/actuator/health/liveness"
          port = 8080
        }
      }
    }
  }

  depends_on = [google_project_service.this, google_secret_manager_secret_iam_member.reader]
}

resource "google_cloud_run_v2_worker_pool" "workers" {
  count = var.deploy_workloads ? 1 : 0

  name                = "${var.name}-workers"
  location            = var.region
  description         = "Delivers commands to Customer.io and stores events in BigQuery"
  labels              = local.labels
  deletion_protection = var.deletion_protection

  # Accepted by projects of every age; worker pools began as a preview.
  launch_stage = "BETA"

  scaling {
    scaling_mode          = "MANUAL"
    manual_instance_count = var.workers.instances
  }

  template {
    service_account = google_service_account.workload["workers"].email
    labels          = local.labels

    dynamic "vpc_access" {
      for_each = var.network[*]
      content {
        egress = vpc_access.value.egress

        network_interfaces {
          network    = vpc_access.value.network
          subnetwork = vpc_access.value.subnetwork
          tags       = vpc_access.value.tags
        }
      }
    }

    containers {
      name  = "service"
      image = var.image

      resources {
        limits = {
          cpu    = var.workers.cpu
          memory = var.workers.memory
        }
      }

      dynamic "env" {
        for_each = merge(local.environment.workers, local.referenced_secrets["workers"])
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = local.injected_secrets["workers"]
        content {
          name = env.value.variable

          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.this[env.key].secret_id
              version = "latest"
            }
          }
        }
      }
    }

    dynamic "containers" {
      for_each = var.collector[*]
      content {
        name  = "collector"
        image = containers.value.image
        args  = ["--config=env:COLLECTOR_CONFIG"]

        resources {
          limits = {
            cpu    = containers.value.cpu
            memory = containers.value.memory
          }
        }

        env {
          name  = "COLLECTOR_CONFIG"
          value = local.collector_config
        }
      }
    }
  }

  depends_on = [google_project_service.this, google_secret_manager_secret_iam_member.reader]
}
