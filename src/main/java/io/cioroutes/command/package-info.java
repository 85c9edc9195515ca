/**
 * What the messages of publishers mean: from the bytes of a body to the operations for Customer.io. Start at
 * {@link io.cioroutes.command.CommandTranslator}. What is valid stands in {@code schemas/<command>.json}.
 */
package io.cioroutes.command;
