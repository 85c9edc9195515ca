package io.cioroutes.deploy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the Google provider accepts: the part of its schema that this project uses, in the format of
 * {@code terraform providers schema -json}, with the values that the documentation lists for an argument.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record ProviderSchema(
        Schema provider,
        @JsonProperty("resource_schemas") Map<String, Schema> resources,
        @JsonProperty("data_source_schemas") Map<String, Schema> dataSources) {

    static final String ADDRESS = "registry.terraform.io/hashicorp/google";

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Schema(Block block) {}

    record Block(Map<String, Attribute> attributes, @JsonProperty("block_types") Map<String, Nested> blocks) {
        Block {
            blocks = Optional.ofNullable(blocks).orElse(Map.of());
        }
    }

    record Attribute(JsonNode type, boolean required, boolean optional, boolean computed, List<String> values) {
        /** Whether a configuration may set it. */
        boolean settable() {
            return required || optional;
        }
    }

    record Nested(
            @JsonProperty("nesting_mode") String nesting,
            @JsonProperty("min_items") int minimum,
            @JsonProperty("max_items") int maximum,
            Block block) {}

    static ProviderSchema load() {
        try (InputStream json = ProviderSchema.class.getResourceAsStream("/deploy/google-provider-schema.json")) {
            ObjectMapper mapper = new ObjectMapper();
            JsonNode schema = mapper.readTree(json).get("provider_schemas").get(ADDRESS);
            return mapper.treeToValue(schema, ProviderSchema.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
