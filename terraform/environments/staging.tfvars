# Staging: as production, but smaller, and against a Customer.io workspace of its own.
environment       = "staging"
project_id        = "example-customerio-staging"
region            = "europe-west1"
customerio_region = "eu"
dataset_location  = "EU"

webhooks = {
  max_instances = 3
}

workers = {
  instances = 1
}

# Remembering sends needs a database as soon as there are two workers; staging shows that it works.
sends_database = {
  url      = "jdbc:postgresql://10.20.0.5:5432/customerio"
  username = "customerio"
}

network = {
  network    = "main"
  subnetwork = "run-europe-west1"
}

event_retention_days = 90
alert_emails         = ["customerio-staging@example.com"]
