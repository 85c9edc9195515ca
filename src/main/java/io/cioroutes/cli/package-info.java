/**
 * The sub-commands of the jar. Only those that run the service start Spring: everything else has to be there at once.
 * A new command is a class with picocli's {@code @Command} that is named in {@link io.cioroutes.cli.Cli}.
 */
package io.cioroutes.cli;
