terraform {
  # 1.9: conditions of a variable may refer to other variables.
  required_version = ">= 1.9.0, < 2.0.0"

  required_providers {
    google = {
      source = "hashicorp/google"
      # 6.50 brought the worker pool arguments used here.
      version = ">= 6.50.0, < 7.0.0"
    }
  }

  # The bucket and prefix come from environments/<environment>.gcs.tfbackend.
  backend "gcs" {}
}

provider "google" {
  project = var.project_id
  region  = var.region

  # Budgets belong to the billing account and are charged to no project of their own: use this one's quota.
  billing_project       = var.project_id
  user_project_override = true
}
