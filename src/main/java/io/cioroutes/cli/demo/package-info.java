/** The sub-command {@code demo}: the service in this process, an online shop's day, and a check of the outcome. */
package io.cioroutes.cli.demo;
