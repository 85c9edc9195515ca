locals {
  image_repository = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}/customerio-routes"
}

output "webhook_url" {
  description = "URL to enter in Customer.io under Data & Integrations, Reporting Webhooks."
  value       = one([for service in google_cloud_run_v2_service.webhooks : "${service.uri}/webhooks/customerio"])
}

output "operator_url" {
  description = "Hawtio, for operators."
  value       = one([for service in google_cloud_run_v2_service.webhooks : "${service.uri}/actuator/hawtio"])
}

output "image_repository" {
  description = "Where images of the service are pushed to."
  value       = local.image_repository
}

output "secrets" {
  description = "Secrets that need a value before the workloads start, and what goes into each."
  value       = { for name, secret in local.secrets : google_secret_manager_secret.this[name].secret_id => secret.example }
}

output "service_accounts" {
  description = "Service account of each workload."
  value       = { for name, account in google_service_account.workload : name => account.email }
}

output "dataset" {
  description = "BigQuery dataset with the events."
  value       = "${var.project_id}.${google_bigquery_dataset.events.dataset_id}"
}

output "github" {
  description = "Values for the repository's variables, for the workflows to sign in with."
  value = one([
    for provider in google_iam_workload_identity_pool_provider.github : {
      GCP_WORKLOAD_IDENTITY_PROVIDER = provider.name
      GCP_IMAGE_REPOSITORY           = local.image_repository
      GCP_IMAGE_SERVICE_ACCOUNT      = google_service_account.ci["image"].email
      GCP_PLAN_SERVICE_ACCOUNT       = google_service_account.ci["plan"].email
    }
  ])
}
