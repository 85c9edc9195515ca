package io.cioroutes.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of a secret in Google Secret Manager, written {@code gcp:name}, {@code gcp:project/name} or
 * {@code gcp:project/name@version}, as Apache Camel writes it.
 *
 * @param project id or number
 * @param version a number, an alias or {@code latest}
 */
record SecretReference(String project, String name, String version) {

    /** How a value begins that is a reference. */
    static final String PREFIX = "gcp:";

    private static final Pattern FORM = Pattern.compile("gcp:(?:([a-z0-9.:-]+)/)?([\\w-]{1,255})(?:@([\\w-]+))?");

    /**
     * Reads a reference.
     *
     * @param project of a reference that names none; may be empty
     * @throws IllegalArgumentException with a message for people
     */
    static SecretReference of(String text, String project) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be gcp:name, gcp:project/name or gcp:project/name@version");
        }
        if (matcher.group(1) == null && project.isEmpty()) {
            throw new IllegalArgumentException(
                    "names no project: write gcp:project/" + matcher.group(2) + ", or set GOOGLE_CLOUD_PROJECT");
        }
        return new SecretReference(
                matcher.group(1) == null ? project : matcher.group(1),
                matcher.group(2),
                matcher.group(3) == null ? "latest" : matcher.group(3));
    }

    /** Whether it means the same value for ever. */
    boolean isFixed() {
        return version.chars().allMatch(Character::isDigit);
    }

    /** As the REST API names it. */
    String resource() {
        return "projects/" + project + "/secrets/" + name + "/versions/" + version;
    }
}
