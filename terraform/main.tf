# customerio-routes on Google Cloud: a Cloud Run service that receives webhooks, and a Cloud Run worker pool, of the same
# image, that delivers commands and stores events.
#
# Names in the state are stable: whatever there is several of is keyed by name, never by number, and count only switches
# one thing on or off. What is renamed here later gets a `moved` block in moved.tf, so that nothing is created anew.

locals {
  labels = merge(var.labels, {
    application = var.name
    environment = var.environment
    managed-by  = "terraform"
  })

  services = toset([
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "billingbudgets.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "monitoring.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "sts.googleapis.com",
  ])
}

data "google_project" "this" {
  project_id = var.project_id
}

resource "google_project_service" "this" {
  for_each = local.services

  service = each.key

  # Other things in the project may use it as well.
  disable_on_destroy = false
}

resource "google_artifact_registry_repository" "images" {
  repository_id = var.name
  location      = var.region
  format        = "DOCKER"
  description   = "Images of customerio-routes"
  labels        = local.labels

  docker_config {
    immutable_tags = true
  }

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"

    most_recent_versions {
      keep_count = 20
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "7776000s"
    }
  }

  depends_on = [google_project_service.this]
}
