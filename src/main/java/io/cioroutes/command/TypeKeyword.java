package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.AbstractKeyword;
import com.networknt.schema.BaseJsonValidator;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonValidator;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.ValidationContext;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.ValidatorTypeCode;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * {@code "type"}, where an integer is a number that is written as one. For JSON Schema 42.0 and 1e400 are integers too,
 * but neither is an id that anybody has.
 */
final class TypeKeyword extends AbstractKeyword {

    TypeKeyword() {
        super(ValidatorTypeCode.TYPE.getValue());
    }

    @Override
    public JsonValidator newValidator(
            SchemaLocation schemaLocation,
            JsonNodePath evaluationPath,
            JsonNode schemaNode,
            JsonSchema parentSchema,
            ValidationContext validationContext) {
        return new Validator(schemaLocation, evaluationPath, schemaNode, parentSchema, validationContext);
    }

    private static final class Validator extends BaseJsonValidator {

        private final Set<String> allowed = new HashSet<>();

        Validator(
                SchemaLocation schemaLocation,
                JsonNodePath evaluationPath,
                JsonNode schemaNode,
                JsonSchema parentSchema,
                ValidationContext validationContext) {
            super(schemaLocation, evaluationPath, schemaNode, parentSchema, ValidatorTypeCode.TYPE, validationContext);
            if (schemaNode.isTextual()) {
                allowed.add(schemaNode.textValue());
            }
            schemaNode.forEach(type -> allowed.add(type.textValue()));
        }

        @Override
        public Set<ValidationMessage> validate(
                ExecutionContext executionContext, JsonNode node, JsonNode rootNode, JsonNodePath instanceLocation) {
            if (isAllowed(node)) {
                return Collections.emptySet();
            }
            return Set.of(message()
                    .instanceNode(node)
                    .instanceLocation(instanceLocation)
                    .locale(executionContext.getExecutionConfig().getLocale())
                    .failFast(executionContext.isFailFast())
                    .build());
        }

        private boolean isAllowed(JsonNode node) {
            return switch (node.getNodeType()) {
                case OBJECT, POJO -> allowed.contains("object");
                case ARRAY -> allowed.contains("array");
                case STRING, BINARY -> allowed.contains("string");
                case BOOLEAN -> allowed.contains("boolean");
                case NULL, MISSING -> allowed.contains("null");
                case NUMBER -> allowed.contains("number") || allowed.contains("integer") && node.isIntegralNumber();
            };
        }
    }
}
