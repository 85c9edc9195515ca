package io.cioroutes.sandbox;

/**
 * Why an operation is refused, in the terms of the Track v2 answers.
 *
 * @param reason {@code required} or {@code invalid}
 * @param field the field at fault, with dots
 * @param message the cause in words
 */
record Problem(String reason, String field, String message) {
    static Problem required(String field) {
        return new Problem("required", field, field + " is required");
    }

    static Problem invalid(String field, String message) {
        return new Problem("invalid", field, message);
    }

    /** Field and message in one text, for the answers that carry only a text. */
    String text() {
        return message.startsWith(field) ? message : field + ": " + message;
    }
}
