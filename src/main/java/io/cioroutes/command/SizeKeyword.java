package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.networknt.schema.AbstractKeyword;
import com.networknt.schema.BaseJsonValidator;
import com.networknt.schema.ErrorMessageType;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonValidator;
import com.networknt.schema.Keyword;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.ValidationContext;
import com.networknt.schema.ValidationMessage;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Schema keywords for limits in bytes. JSON Schema counts characters, Customer.io counts bytes of UTF-8. Like the
 * standard's own keywords they ignore values of other types.
 */
final class SizeKeyword extends AbstractKeyword {

    /** Bytes of a string. */
    static final String BYTES = "x-maxBytes";

    /** Bytes of each member's name, of an object. */
    static final String NAME_BYTES = "x-maxNameBytes";

    /** Bytes of each member that is a string, of an object. */
    static final String VALUE_BYTES = "x-maxValueBytes";

    /** Bytes of an object or array as compact JSON. */
    static final String JSON_BYTES = "x-maxJsonBytes";

    /** One char is at most three bytes, or six when JSON escapes it. */
    private static final int BYTES_PER_CHAR = 3;

    private static final int JSON_BYTES_PER_CHAR = 6;

    private static final ErrorMessageType TOO_LARGE = () -> "tooLarge";

    private SizeKeyword(String name) {
        super(name);
    }

    static List<Keyword> all() {
        return List.of(
                new SizeKeyword(BYTES),
                new SizeKeyword(NAME_BYTES),
                new SizeKeyword(VALUE_BYTES),
                new SizeKeyword(JSON_BYTES));
    }

    @Override
    public JsonValidator newValidator(
            SchemaLocation schemaLocation,
            JsonNodePath evaluationPath,
            JsonNode schemaNode,
            JsonSchema parentSchema,
            ValidationContext validationContext) {
        int limit = schemaNode.intValue();
        Check check =
                switch (getValue()) {
                    case BYTES -> (node, report) -> checkString(null, node, limit, report);
                    case NAME_BYTES -> (node, report) -> checkNames(node, limit, report);
                    case VALUE_BYTES -> (node, report) -> checkValues(node, limit, report);
                    default -> (node, report) -> checkJson(node, limit, report);
                };
        return new Validator(schemaLocation, evaluationPath, schemaNode, parentSchema, this, validationContext, check);
    }

    private static void checkString(String member, JsonNode node, int limit, Report report) {
        if (node.isTextual() && isLonger(node.textValue(), limit)) {
            report.tooLarge(member, Utf8.length(node.textValue()));
        }
    }

    private static void checkNames(JsonNode node, int limit, Report report) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (isLonger(member.getKey(), limit)) {
                    report.tooLarge(member.getKey(), Utf8.length(member.getKey()));
                }
            }
        }
    }

    private static void checkValues(JsonNode node, int limit, Report report) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                checkString(member.getKey(), member.getValue(), limit, report);
            }
        }
    }

    private static void checkJson(JsonNode node, int limit, Report report) {
        if (node.isContainerNode() && upperBound(node) > limit) {
            int bytes = Json.write(node).length;
            if (bytes > limit) {
                report.tooLarge(null, bytes);
            }
        }
    }

    private static boolean isLonger(String text, int limit) {
        return text.length() * BYTES_PER_CHAR > limit && Utf8.length(text) > limit;
    }

    /** What the value can take at most, found without writing it. */
    private static long upperBound(JsonNode node) {
        if (node.isTextual()) {
            return 2L + (long) JSON_BYTES_PER_CHAR * node.textValue().length();
        }
        if (!(node instanceof ContainerNode)) {
            return node.isNumber() && !node.isInt() ? node.asText().length() : 11;
        }
        long bytes = 2;
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            bytes += 4L + (long) JSON_BYTES_PER_CHAR * member.getKey().length() + upperBound(member.getValue());
        }
        if (node.isArray()) {
            for (JsonNode element : node) {
                bytes += 1 + upperBound(element);
            }
        }
        return bytes;
    }

    private interface Check {
        void run(JsonNode node, Report report);
    }

    private interface Report {
        /** @param member the member of the object that is too large; null for the value itself */
        void tooLarge(String member, int bytes);
    }

    private static final class Validator extends BaseJsonValidator {

        private final Check check;

        Validator(
                SchemaLocation schemaLocation,
                JsonNodePath evaluationPath,
                JsonNode schemaNode,
                JsonSchema parentSchema,
                Keyword keyword,
                ValidationContext validationContext,
                Check check) {
            super(
                    schemaLocation,
                    evaluationPath,
                    schemaNode,
                    parentSchema,
                    TOO_LARGE,
                    keyword,
                    validationContext,
                    true);
            this.check = check;
        }

        @Override
        public Set<ValidationMessage> validate(
                ExecutionContext executionContext, JsonNode node, JsonNode rootNode, JsonNodePath instanceLocation) {
            Findings findings = new Findings(executionContext, node, instanceLocation);
            check.run(node, findings);
            return findings.found;
        }

        private final class Findings implements Report {

            private final ExecutionContext executionContext;
            private final JsonNode node;
            private final JsonNodePath instanceLocation;
            private Set<ValidationMessage> found = Collections.emptySet();

            Findings(ExecutionContext executionContext, JsonNode node, JsonNodePath instanceLocation) {
                this.executionContext = executionContext;
                this.node = node;
                this.instanceLocation = instanceLocation;
            }

            @Override
            public void tooLarge(String member, int bytes) {
                if (found.isEmpty()) {
                    found = new LinkedHashSet<>();
                }
                found.add(message()
                        .instanceNode(node)
                        .instanceLocation(instanceLocation)
                        .property(member)
                        .locale(executionContext.getExecutionConfig().getLocale())
                        .failFast(executionContext.isFailFast())
                        .arguments(bytes)
                        .build());
            }
        }
    }
}
