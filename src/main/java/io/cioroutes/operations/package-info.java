/** The operator's side: the console and who may do what in it, dead letters, pausing, circuit breakers. */
package io.cioroutes.operations;
