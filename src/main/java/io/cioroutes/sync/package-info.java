/** Commands from a database of the company's own: rows that changed become messages on the broker. */
package io.cioroutes.sync;
