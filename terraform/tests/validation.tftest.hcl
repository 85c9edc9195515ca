# Values that are refused before anything is changed.

mock_provider "google" {}

variables {
  project_id        = "example-dev"
  environment       = "dev"
  region            = "europe-west1"
  customerio_region = "eu"
  image             = "europe-west1-docker.pkg.dev/example-dev/customerio-routes/customerio-routes:1.0.0"
}

run "workloads_without_an_image" {
  command = plan
  variables {
    image = null
  }
  expect_failures = [var.image]
}

run "image_latest" {
  command = plan
  variables {
    image = "europe-west1-docker.pkg.dev/example-dev/customerio-routes/customerio-routes:latest"
  }
  expect_failures = [var.image]
}

run "image_without_tag" {
  command = plan
  variables {
    image = "europe-west1-docker.pkg.dev/example-dev/customerio-routes/customerio-routes"
  }
  expect_failures = [var.image]
}

run "zone_for_region" {
  command = plan
  variables {
    region = "europe-west1-b"
  }
  expect_failures = [var.region]
}

run "unknown_environment" {
  command = plan
  variables {
    environment = "production"
  }
  expect_failures = [var.environment]
}

run "unknown_customerio_region" {
  command = plan
  variables {
    customerio_region = "uk"
  }
  expect_failures = [var.customerio_region]
}

run "no_webhook_instance" {
  command = plan
  variables {
    webhooks = { min_instances = 0 }
  }
  expect_failures = [var.webhooks]
}

run "half_a_worker" {
  command = plan
  variables {
    workers = { instances = 1.5 }
  }
  expect_failures = [var.workers]
}

run "secret_among_the_settings" {
  command = plan
  variables {
    settings = { CUSTOMERIO_APP_API_KEY = "key" }
  }
  expect_failures = [var.settings]
}

run "setting_of_this_configuration" {
  command = plan
  variables {
    settings = { CIO_ROLES = "commands" }
  }
  expect_failures = [var.settings]
}

run "password_in_the_database_url" {
  command = plan
  variables {
    sends_database = {
      url      = "jdbc:postgresql://10.0.0.5/customerio?password=secret"
      username = "customerio"
    }
  }
  expect_failures = [var.sends_database]
}

run "reader_without_a_kind" {
  command = plan
  variables {
    dataset_readers = ["analysts@example.com"]
  }
  expect_failures = [var.dataset_readers]
}

run "retention_of_no_day" {
  command = plan
  variables {
    event_retention_days = 0
  }
  expect_failures = [var.event_retention_days]
}

run "budget_without_a_billing_account" {
  command = plan
  variables {
    budget = {
      billing_account = "my account"
      amount          = 100
    }
  }
  expect_failures = [var.budget]
}

run "repository_as_url" {
  command = plan
  variables {
    github_repository = "https://github.com/example/customerio-routes"
  }
  expect_failures = [var.github_repository]
}

run "name_too_long" {
  command = plan
  variables {
    name = "customerio-routes-europe"
  }
  expect_failures = [var.name]
}
