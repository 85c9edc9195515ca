/** Webhook events as rows: in BigQuery, or in an embedded database on a developer's machine. */
package io.cioroutes.analytics;
