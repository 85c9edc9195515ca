package io.cioroutes.cli.publish;

import io.cioroutes.command.Violation;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * One message of the input.
 *
 * @param number where it begins in the input, counted from 1: a line of a file, a row of a query
 * @param body the body to publish; empty where there is a problem
 * @param problem why the input says no body here, or null
 */
record Line(long number, byte[] body, Violation problem) {
    private static final byte[] NONE = {};

    static Line of(long number, byte[] body) {
        return new Line(number, body, null);
    }

    static Line broken(long number, String field, String message) {
        return new Line(number, NONE, new Violation(field, message));
    }

    /** A checksum of what the line says, by which it is known again. */
    String mark() {
        CRC32C sum = new CRC32C();
        sum.update(body);
        if (problem != null) {
            sum.update(problem.toString().getBytes(StandardCharsets.UTF_8));
        }
        return Long.toHexString(sum.getValue());
    }
}
