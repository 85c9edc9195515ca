/** The sub-command {@code publish}: messages from arguments, files and databases, checked and confirmed. */
package io.cioroutes.cli.publish;
