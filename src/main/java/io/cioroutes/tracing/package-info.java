/** Trace context of OpenTelemetry, from AMQP and webhooks to Customer.io and the event bus. */
package io.cioroutes.tracing;
