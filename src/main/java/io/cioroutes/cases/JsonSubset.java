package io.cioroutes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.f4b6a3.ulid.Ulid;
import java.util.ArrayList;
import java.util.List;

/** Compares JSON with what a case expects of it, and says in words where they differ. */
final class JsonSubset {

    private JsonSubset() {}

    /**
     * Compares.
     *
     * @param path where the values are, for the messages
     * @return one sentence per difference
     */
    static List<String> differences(String path, JsonNode expected, JsonNode actual) {
        List<String> differences = new ArrayList<>();
        compare(path, expected, actual, differences);
        return differences;
    }

    private static void compare(String path, JsonNode expected, JsonNode actual, List<String> differences) {
        if (actual == null || actual.isMissingNode()) {
            if (!expected.asText().equals("<none>")) {
                differences.add(path + ": expected " + expected + ", but it is missing");
            }
        } else if (expected.isTextual() && expected.asText().equals("<none>")) {
            differences.add(path + ": expected nothing, but it is " + actual);
        } else if (expected.isTextual() && expected.asText().equals("<any>")) {
            return;
        } else if (expected.isTextual() && expected.asText().equals("<ulid>")) {
            if (!Ulid.isValid(actual.asText())) {
                differences.add(path + ": expected a ULID, but it is " + actual);
            }
        } else if (expected.isObject() && actual.isObject()) {
            expected.properties()
                    .forEach(field -> compare(
                            path + "." + field.getKey(), field.getValue(), actual.get(field.getKey()), differences));
        } else if (expected.isArray() && actual.isArray()) {
            if (expected.size() != actual.size()) {
                differences.add(path + ": expected " + expected.size() + " items, but there are " + actual.size());
            }
            for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
                compare(path + "[" + i + "]", expected.get(i), actual.get(i), differences);
            }
        } else if (expected.isNumber() && actual.isNumber()) {
            if (expected.decimalValue().compareTo(actual.decimalValue()) != 0) {
                differences.add(path + ": expected " + expected + ", but it is " + actual);
            }
        } else if (!expected.equals(actual)) {
            differences.add(path + ": expected " + expected + ", but it is " + actual);
        }
    }
}
