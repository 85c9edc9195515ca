locals {
  alert_rules_file = coalesce(var.alert_rules, "${path.module}/../deploy/prometheus/alerts.yml")

  # The rules that Prometheus evaluates elsewhere become alert policies here, by the same expressions.
  alert_rules = {
    for rule in flatten([for group in yamldecode(file(local.alert_rules_file)).groups : group.rules]) :
    rule.alert => rule
  }

  severities = {
    critical = "CRITICAL"
    warning  = "WARNING"
  }

  notification_channels = concat(
    [for channel in google_monitoring_notification_channel.email : channel.name],
    tolist(var.notification_channels),
  )

  webhooks_filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=\"${var.name}-webhooks\"",
  ])

  # Alerts on what Cloud Run itself measures of the webhook service.
  webhook_alerts = {
    refused = {
      title       = "Webhooks are answered with errors"
      severity    = "CRITICAL"
      metric      = "run.googleapis.com/request_count"
      extra       = " AND metric.labels.response_code_class=\"5xx\""
      aligner     = "ALIGN_DELTA"
      reducer     = "REDUCE_SUM"
      threshold   = 10
      duration    = "0s"
      explanation = "More than 10 webhooks in 5 minutes were answered with a 5xx, most likely 503 because RabbitMQ is out of reach. Nothing is lost: Customer.io sends them again, for up to 7 days. Look at RabbitMQ and at the service's log."
    }
    slow = {
      title       = "Webhooks are answered slowly"
      severity    = "WARNING"
      metric      = "run.googleapis.com/request_latencies"
      extra       = ""
      aligner     = "ALIGN_PERCENTILE_99"
      reducer     = "REDUCE_MAX"
      threshold   = 2000
      duration    = "300s"
      explanation = "One in a hundred webhooks takes more than 2 s. Customer.io gives up after 4 s and sends again. Look at RabbitMQ's confirm latency, then at the number of instances."
    }
    saturated = {
      title       = "Webhooks run on all instances allowed"
      severity    = "WARNING"
      metric      = "run.googleapis.com/container/instance_count"
      extra       = ""
      aligner     = "ALIGN_MAX"
      reducer     = "REDUCE_SUM"
      threshold   = var.webhooks.max_instances - 0.5
      duration    = "900s"
      explanation = "The webhook service has used all ${var.webhooks.max_instances} instances for 15 minutes. Raise webhooks.max_instances, or find out what sends so much."
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.alert_emails

  type         = "email"
  display_name = "${var.name} ${var.environment}: ${each.key}"
  user_labels  = local.labels

  labels = {
    email_address = each.key
  }

  depends_on = [google_project_service.this]
}

resource "google_monitoring_uptime_check_config" "webhooks" {
  count = var.deploy_workloads ? 1 : 0

  display_name = "${var.name} ${var.environment}: webhooks"
  timeout      = "10s"
  period       = "60s"
  user_labels  = local.labels

  http_check {
    path           = "/actuator/health/liveness"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project_id
      host       = trimprefix(google_cloud_run_v2_service.webhooks[0].uri, "https://")
    }
  }
}

resource "google_monitoring_alert_policy" "down" {
  count = var.deploy_workloads ? 1 : 0

  display_name          = "${var.name} ${var.environment}: webhooks cannot be reached"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.notification_channels
  user_labels           = local.labels

  conditions {
    display_name = "The uptime check fails from more than one region"

    condition_threshold {
      filter = join(" AND ", [
        "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\"",
        "resource.type=\"uptime_url\"",
        "metric.labels.check_id=\"${google_monitoring_uptime_check_config.webhooks[0].uptime_check_id}\"",
      ])
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "120s"

      aggregations {
        alignment_period     = "120s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "The webhook service does not answer. Customer.io sends what it misses again, for up to 7 days; commands are not affected. Look at the latest revision of the service: image, secrets, log."
  }
}

resource "google_monitoring_alert_policy" "webhooks" {
  for_each = var.deploy_workloads ? local.webhook_alerts : {}

  display_name          = "${var.name} ${var.environment}: ${lower(substr(each.value.title, 0, 1))}${substr(each.value.title, 1, -1)}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.notification_channels
  user_labels           = local.labels

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter          = "metric.type=\"${each.value.metric}\" AND ${local.webhooks_filter}${each.value.extra}"
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = each.value.duration

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
        group_by_fields      = ["resource.label.service_name"]
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = each.value.explanation
  }
}

resource "google_monitoring_alert_policy" "rule" {
  for_each = { for name, rule in local.alert_rules : name => rule if var.deploy_workloads && var.collector != null }

  display_name          = "${var.name} ${var.environment}: ${each.value.annotations.summary}"
  combiner              = "OR"
  severity              = lookup(local.severities, try(each.value.labels.severity, "warning"), "WARNING")
  notification_channels = local.notification_channels
  user_labels           = local.labels

  conditions {
    display_name = each.key

    condition_prometheus_query_language {
      query               = each.value.expr
      duration            = try(each.value.for, "0s")
      evaluation_interval = "60s"
      alert_rule          = each.key
      # A metric that has not been written yet, such as that of a first dead letter, is no mistake.
      disable_metric_validation = true
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = join("\n\n", compact([each.value.annotations.description, try(each.value.annotations.runbook_url, "")]))
  }
}
