# Production.
environment       = "prod"
project_id        = "example-customerio-prod"
region            = "europe-west1"
customerio_region = "eu"
dataset_location  = "EU"

# docs/deploy.md says how many instances carry what.
webhooks = {
  min_instances = 1
  max_instances = 10
}

workers = {
  instances = 2
}

# Two workers share what they have sent, so that a redelivered message is not sent twice.
sends_database = {
  url      = "jdbc:postgresql://10.30.0.5:5432/customerio"
  username = "customerio"
}

network = {
  network    = "main"
  subnetwork = "run-europe-west1"
}

dataset_readers = ["group:analysts@example.com"]
alert_emails    = ["customerio-oncall@example.com"]

budget = {
  billing_account = "012345-6789AB-CDEF01"
  amount          = 300
  currency        = "EUR"
}

github_repository = "example/customerio-routes"

labels = {
  cost-centre = "marketing"
}
