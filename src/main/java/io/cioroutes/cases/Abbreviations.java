package io.cioroutes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is too large to be written in a case: {@code <1000 x>} stands for a thousand x in a row,
 * {@code {$times: 3, $of: value}} for a list, {@code {$attributes: 300}} for an object with so many members.
 */
public final class Abbreviations {
    private static final Pattern REPEATED = Pattern.compile("<(\\d+) (.+?)>", Pattern.DOTALL);

    private Abbreviations() {}

    /** The same with everything written out. */
    public static JsonNode expand(JsonNode node) {
        if (node.isTextual()) {
            return TextNode.valueOf(expand(node.textValue()));
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(expand(element)));
            return array;
        }
        if (node.has("$times")) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            JsonNode element = expand(node.get("$of"));
            for (int i = 0; i < node.get("$times").intValue(); i++) {
                array.add(element);
            }
            return array;
        }
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (int i = 0; i < node.path("$attributes").asInt(); i++) {
                object.put("a" + i, i);
            }
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (!member.getKey().equals("$attributes")) {
                    object.set(expand(member.getKey()), expand(member.getValue()));
                }
            }
            return object;
        }
        return node;
    }

    private static String expand(String text) {
        return REPEATED.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(match.group(2).repeat(Integer.parseInt(match.group(1)))));
    }
}
