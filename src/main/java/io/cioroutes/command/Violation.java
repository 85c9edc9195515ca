package io.cioroutes.command;

/**
 * One reason why a message is invalid. Names fields and sizes, never values.
 *
 * @param field the dotted path of the field, for example {@code user.preferences.marketing} or
 *     {@code perUserData[3].email}; empty for the body as a whole
 * @param message what is wrong with it, and what would be right
 */
public record Violation(String field, String message) {
    @Override
    public String toString() {
        return field.isEmpty() ? message : field + ": " + message;
    }
}
