variable "project_id" {
  description = "Google Cloud project of this environment. One project per environment keeps them apart."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be a project ID: 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "environment" {
  description = "Which environment this is; becomes a label of every resource."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "region" {
  description = "Google Cloud region of the services, the registry and the secrets. Near RabbitMQ and Customer.io's data centre."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]$", var.region))
    error_message = "region must be a Google Cloud region such as europe-west1, not a zone."
  }
}

variable "name" {
  description = "Prefix of all names. Change it where two environments share a project."
  type        = string
  default     = "customerio-routes"

  validation {
    # Service account IDs have at most 30 characters, and "-webhooks" is added.
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}[a-z0-9]$", var.name))
    error_message = "name must have 3 to 21 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "deploy_workloads" {
  description = "false creates all but the two Cloud Run workloads: for the first run, when there is neither an image nor a secret value yet."
  type        = bool
  default     = true
}

variable "image" {
  description = "Image of the service with its tag or, better, digest."
  type        = string
  default     = null

  validation {
    condition     = !var.deploy_workloads || var.image != null
    error_message = "image is needed to deploy the workloads. Push one to the registry first (output image_repository), or set deploy_workloads to false."
  }

  validation {
    condition     = var.image == null || can(regex("(@sha256:[0-9a-f]{64}|:[\\w.-]+)$", var.image)) && !endswith(coalesce(var.image, "-"), ":latest")
    error_message = "image must name a digest or a tag other than latest, so that a revision always runs what it was tested with."
  }
}

variable "customerio_region" {
  description = "Where the Customer.io workspace lives: us or eu."
  type        = string

  validation {
    condition     = contains(["us", "eu"], var.customerio_region)
    error_message = "customerio_region must be us or eu."
  }
}

variable "webhooks" {
  description = "Size of the Cloud Run service that receives webhooks. concurrency is the number of requests that one instance works on at a time."
  type = object({
    min_instances = optional(number, 1)
    max_instances = optional(number, 10)
    concurrency   = optional(number, 64)
    cpu           = optional(string, "1")
    memory        = optional(string, "512Mi")
  })
  default = {}

  validation {
    condition     = var.webhooks.min_instances >= 1 && var.webhooks.max_instances >= var.webhooks.min_instances
    error_message = "webhooks.min_instances must be at least 1, since events are routed from a queue all the time, and max_instances not less than that."
  }

  validation {
    condition     = var.webhooks.concurrency >= 1 && var.webhooks.concurrency <= 1000
    error_message = "webhooks.concurrency must be between 1 and 1000."
  }

  validation {
    condition     = can(regex("^([1-9]|[1-9][0-9]*m)$", var.webhooks.cpu)) && can(regex("^[1-9][0-9]*(Mi|Gi)$", var.webhooks.memory))
    error_message = "webhooks.cpu must be like \"1\", and webhooks.memory like \"512Mi\"."
  }
}

variable "workers" {
  description = "Size of the Cloud Run worker pool that delivers commands and stores events. It does not scale by itself: docs/deploy.md says how many instances carry what."
  type = object({
    instances = optional(number, 1)
    cpu       = optional(string, "1")
    memory    = optional(string, "512Mi")
  })
  default = {}

  validation {
    condition     = var.workers.instances >= 0 && var.workers.instances <= 100 && floor(var.workers.instances) == var.workers.instances
    error_message = "workers.instances must be a whole number between 0 (paused) and 100."
  }

  validation {
    condition     = can(regex("^[1-9]$", var.workers.cpu)) && can(regex("^[1-9][0-9]*(Mi|Gi)$", var.workers.memory))
    error_message = "workers.cpu must be like \"1\", and workers.memory like \"512Mi\"."
  }
}

variable "network" {
  description = "VPC network through which RabbitMQ and the database of sends are reached, by direct VPC egress. null: over the internet, with TLS."
  type = object({
    network    = string
    subnetwork = string
    tags       = optional(list(string), [])
    egress     = optional(string, "PRIVATE_RANGES_ONLY")
  })
  default = null

  validation {
    condition     = var.network == null || contains(["PRIVATE_RANGES_ONLY", "ALL_TRAFFIC"], try(var.network.egress, ""))
    error_message = "network.egress must be PRIVATE_RANGES_ONLY, or ALL_TRAFFIC for a fixed outgoing address by Cloud NAT."
  }
}

variable "sends_database" {
  description = "Database that remembers which sends were made, across crashes and instances: JDBC URL and user. null: in each instance's memory."
  type = object({
    url      = string
    username = string
  })
  default = null

  validation {
    condition     = var.sends_database == null || can(regex("^jdbc:postgresql://", try(var.sends_database.url, "")))
    error_message = "sends_database.url must begin with jdbc:postgresql://."
  }

  validation {
    condition     = !can(regex("(?i)password=", try(var.sends_database.url, "")))
    error_message = "sends_database.url must not carry the password: it belongs in the secret (output secrets)."
  }
}

variable "settings" {
  description = "Further environment variables of both workloads, such as CIO_TRACK_CALLS. No secrets: their values would be in the state."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.settings) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "settings: names must be environment variables in upper case."
  }

  validation {
    condition     = !anytrue([for name in keys(var.settings) : can(regex("PASSWORD|API_KEY|SIGNING_KEY|SECRET|ADDRESSES", name))])
    error_message = "settings must not hold secrets: put the value into Secret Manager (output secrets)."
  }

  validation {
    condition = length(setintersection(keys(var.settings), [
      "SPRING_PROFILES_ACTIVE", "CIO_ROLES", "CUSTOMERIO_REGION", "BIGQUERY_PROJECT", "BIGQUERY_DATASET",
      "MANAGEMENT_SERVER_PORT", "CIO_SENDS_STORE", "CIO_SENDS_JDBC_URL", "CIO_SENDS_JDBC_USERNAME", "PORT",
    ])) == 0
    error_message = "settings must not repeat what this configuration sets itself."
  }
}

variable "secrets_read_by" {
  description = "platform: Cloud Run reads the secrets when an instance starts. service: the service reads Secret Manager itself, at the start and then every 30 s, so that keys change without a new revision."
  type        = string
  default     = "platform"
  nullable    = false

  validation {
    condition     = contains(["platform", "service"], var.secrets_read_by)
    error_message = "secrets_read_by must be platform or service."
  }
}

variable "operator_name" {
  description = "User name of the first operator, for Hawtio and the actuator at the webhook service's address. The password is a secret."
  type        = string
  default     = "operator"
}

variable "dataset_id" {
  description = "BigQuery dataset for webhook events."
  type        = string
  default     = "customerio"

  validation {
    condition     = can(regex("^\\w+$", var.dataset_id))
    error_message = "dataset_id must consist of letters, digits and underscores."
  }
}

variable "dataset_location" {
  description = "BigQuery location, such as EU, US or a region. It can never be changed. null: the region."
  type        = string
  default     = null
}

variable "dataset_readers" {
  description = "Who may read the dataset, as IAM members: group:analysts@example.com."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.dataset_readers : can(regex("^(user|group|serviceAccount|domain):", member))])
    error_message = "dataset_readers must be IAM members: user:, group:, serviceAccount: or domain: and an address."
  }
}

variable "event_retention_days" {
  description = "Days after which a day's events are deleted. null: never."
  type        = number
  default     = null

  validation {
    condition     = var.event_retention_days == null || try(var.event_retention_days >= 1, false)
    error_message = "event_retention_days must be at least 1, or null to keep events for ever."
  }
}

variable "analytics_directory" {
  description = "Folder with the tables' schemas and the views' queries. null: that of this repository."
  type        = string
  default     = null
}

variable "alert_rules" {
  description = "File with alert rules in Prometheus' format, which become alert policies. null: that of this repository."
  type        = string
  default     = null
}

variable "alert_emails" {
  description = "E-mail addresses that alerts go to."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alert_emails must be e-mail addresses."
  }
}

variable "notification_channels" {
  description = "Existing notification channels that alerts go to as well: projects/<project>/notificationChannels/<number>."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for channel in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[^/]+$", channel))])
    error_message = "notification_channels must be like projects/<project>/notificationChannels/<number>."
  }
}

variable "collector" {
  description = "OpenTelemetry collector beside each worker, which carries the metrics to Google Cloud's Managed Service for Prometheus. null: none, and no alerts on metrics."
  type = object({
    image  = optional(string, "us-docker.pkg.dev/cloud-ops-agents-artifacts/google-cloud-opentelemetry-collector/otelcol-google:0.144.0")
    cpu    = optional(string, "1")
    memory = optional(string, "256Mi")
  })
  default = {}
}

variable "budget" {
  description = "Monthly budget of the project with its billing account; alerts at 50, 90 and 100 % spent and 100 % forecast. null: none."
  type = object({
    billing_account = string
    amount          = number
    currency        = optional(string)
  })
  default = null

  validation {
    condition     = var.budget == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", try(var.budget.billing_account, "")))
    error_message = "budget.billing_account must be like 012345-6789AB-CDEF01."
  }

  validation {
    condition     = var.budget == null || try(var.budget.amount >= 1, false)
    error_message = "budget.amount must be at least 1."
  }
}

variable "github_repository" {
  description = "GitHub repository (owner/name) whose workflows may push images and read the project for a plan, without keys. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[\\w.-]+/[\\w.-]+$", var.github_repository))
    error_message = "github_repository must be owner/name."
  }
}

variable "deletion_protection" {
  description = "Refuse to destroy workloads and tables. Set to false and apply before a destroy that is meant."
  type        = bool
  default     = true
}

variable "labels" {
  description = "Further labels of all resources, for example a cost centre."
  type        = map(string)
  default     = {}
}
