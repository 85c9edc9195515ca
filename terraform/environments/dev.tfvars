# Development: one of everything, may be thrown away.
environment       = "dev"
project_id        = "example-customerio-dev"
region            = "europe-west1"
customerio_region = "eu"
dataset_location  = "EU"

webhooks = {
  max_instances = 2
}

workers = {
  instances = 1
}

event_retention_days = 30
deletion_protection  = false
alert_emails         = ["customerio-dev@example.com"]
