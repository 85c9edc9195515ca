package io.cioroutes.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.AbstractKeyword;
import com.networknt.schema.AdditionalPropertiesValidator;
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
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * {@code "additionalProperties": false}, for every name: json-schema-validator 1.5.9 lets names through that begin with
 * {@code #}.
 */
final class ClosedObjectKeyword extends AbstractKeyword {

    ClosedObjectKeyword() {
        super(ValidatorTypeCode.ADDITIONAL_PROPERTIES.getValue());
    }

    @Override
    public JsonValidator newValidator(
            SchemaLocation schemaLocation,
            JsonNodePath evaluationPath,
            JsonNode schemaNode,
            JsonSchema parentSchema,
            ValidationContext validationContext) {
        return schemaNode.isBoolean() && !schemaNode.booleanValue()
                ? new Validator(schemaLocation, evaluationPath, schemaNode, parentSchema, validationContext)
                : new AdditionalPropertiesValidator(
                        schemaLocation, evaluationPath, schemaNode, parentSchema, validationContext);
    }

    private static final class Validator extends BaseJsonValidator {

        private final Set<String> known = new HashSet<>();

        Validator(
                SchemaLocation schemaLocation,
                JsonNodePath evaluationPath,
                JsonNode schemaNode,
                JsonSchema parentSchema,
                ValidationContext validationContext) {
            super(
                    schemaLocation,
                    evaluationPath,
                    schemaNode,
                    parentSchema,
                    ValidatorTypeCode.ADDITIONAL_PROPERTIES,
                    validationContext);
            parentSchema.getSchemaNode().path("properties").fieldNames().forEachRemaining(known::add);
        }

        @Override
        public Set<ValidationMessage> validate(
                ExecutionContext executionContext, JsonNode node, JsonNode rootNode, JsonNodePath instanceLocation) {
            Set<ValidationMessage> found = Collections.emptySet();
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (!known.contains(member.getKey())) {
                    found = found.isEmpty() ? new LinkedHashSet<>() : found;
                    found.add(message()
                            .instanceNode(node)
                            .instanceLocation(instanceLocation)
                            .property(member.getKey())
                            .locale(executionContext.getExecutionConfig().getLocale())
                            .failFast(executionContext.isFailFast())
                            .arguments(member.getKey())
                            .build());
                }
            }
            return found;
        }
    }
}
