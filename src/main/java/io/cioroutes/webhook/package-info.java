/** Customer.io's reporting webhooks: received, verified, queued and routed by content. */
package io.cioroutes.webhook;
