# Lets the workflows of one GitHub repository in without a key: pushes of images from the main branch, and read access
# for `terraform plan`. Nothing here can change the project.

locals {
  ci = var.github_repository == null ? {} : {
    image = {
      description = "Pushes images from the main branch of ${coalesce(var.github_repository, "-")}"
      member      = "subject/repo:${coalesce(var.github_repository, "-")}:ref:refs/heads/main"
      kind        = "principal"
    }
    plan = {
      description = "Plans changes for ${coalesce(var.github_repository, "-")}"
      member      = "attribute.repository/${coalesce(var.github_repository, "-")}"
      kind        = "principalSet"
    }
  }

  # To read what a plan compares with. Secret values are not among it.
  plan_roles = var.github_repository == null ? [] : [
    "roles/viewer",
    "roles/iam.securityReviewer",
  ]
}

resource "google_iam_workload_identity_pool" "github" {
  count = var.github_repository == null ? 0 : 1

  workload_identity_pool_id = "${var.name}-github"
  display_name              = "GitHub Actions"
  description               = "Workflows of ${coalesce(var.github_repository, "-")}"

  depends_on = [google_project_service.this]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  count = var.github_repository == null ? 0 : 1

  workload_identity_pool_id          = google_iam_workload_identity_pool.github[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub"
  attribute_condition                = "assertion.repository == \"${coalesce(var.github_repository, "-")}\""

  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "ci" {
  for_each = local.ci

  account_id   = "${var.name}-ci-${each.key}"
  display_name = "${var.name} CI ${each.key}"
  description  = each.value.description

  depends_on = [google_project_service.this]
}

resource "google_service_account_iam_member" "ci" {
  for_each = local.ci

  service_account_id = google_service_account.ci[each.key].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "${each.value.kind}://iam.googleapis.com/${google_iam_workload_identity_pool.github[0].name}/${each.value.member}"
}

resource "google_artifact_registry_repository_iam_member" "ci" {
  count = var.github_repository == null ? 0 : 1

  repository = google_artifact_registry_repository.images.name
  location   = google_artifact_registry_repository.images.location
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.ci["image"].member
}

resource "google_project_iam_member" "ci_plan" {
  for_each = toset(local.plan_roles)

  project = var.project_id
  role    = each.key
  member  = google_service_account.ci["plan"].member
}
