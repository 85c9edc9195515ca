# Secrets have a place here and no value: values are added with `gcloud secrets versions add` (docs/deploy.md) and are
# never in a file, a variable or the state.

locals {
  # Each secret: the environment variable that it becomes, and the workloads that need it.
  secrets = merge(
    {
      rabbitmq-addresses = {
        variable  = "SPRING_RABBITMQ_ADDRESSES"
        workloads = ["webhooks", "workers"]
        example   = "amqps://user:password@host:5671/vhost"
      }
      customerio-site-id = {
        variable  = "CUSTOMERIO_SITE_ID"
        workloads = ["workers"]
        example   = "site ID of the Track API"
      }
      customerio-track-api-key = {
        variable  = "CUSTOMERIO_TRACK_API_KEY"
        workloads = ["workers"]
        example   = "API key of the Track API"
      }
      customerio-app-api-key = {
        variable  = "CUSTOMERIO_APP_API_KEY"
        workloads = ["workers"]
        example   = "key of the App API"
      }
      customerio-webhook-signing-key = {
        variable  = "CUSTOMERIO_WEBHOOK_SIGNING_KEY"
        workloads = ["webhooks"]
        example   = "signing key of the reporting webhook; the old and the new one, separated by a comma, during a rotation"
      }
      operator-password = {
        variable  = "SPRING_SECURITY_USER_PASSWORD"
        workloads = ["webhooks"]
        example   = "password of the first operator"
      }
    },
    var.sends_database == null ? {} : {
      sends-database-password = {
        variable  = "CIO_SENDS_JDBC_PASSWORD"
        workloads = ["workers"]
        example   = "password of the database user ${var.sends_database.username}"
      }
    },
  )

  # How each workload gets its secrets: as values, or as references that the service resolves itself and reads again while
  # it runs.
  injected_secrets = {
    for workload in ["webhooks", "workers"] : workload => {
      for name, secret in local.secrets : name => secret
      if contains(secret.workloads, workload) && var.secrets_read_by == "platform"
    }
  }
  referenced_secrets = {
    for workload in ["webhooks", "workers"] : workload => {
      for name, secret in local.secrets : secret.variable => "gcp:${var.project_id}/${google_secret_manager_secret.this[name].secret_id}"
      if contains(secret.workloads, workload) && var.secrets_read_by == "service"
    }
  }

  # Who may read which secret: one entry per pair.
  secret_access = merge([
    for name, secret in local.secrets : {
      for workload in secret.workloads : "${name}/${workload}" => { secret = name, workload = workload }
    }
  ]...)
}

resource "google_secret_manager_secret" "this" {
  for_each = local.secrets

  secret_id = "${var.name}-${each.key}"
  labels    = local.labels

  # A version that was replaced can be brought back for a day.
  version_destroy_ttl = "86400s"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = local.secret_access

  secret_id = google_secret_manager_secret.this[each.value.secret].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.workload[each.value.workload].member
}
