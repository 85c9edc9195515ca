package io.cioroutes.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares commands with the requests that the official SDK (customerio-node 5.2.0) makes for the same purpose: the same
 * people, names, attributes and data. The SDK speaks Track v1, we speak v2 where it is possible, so both are brought to
 * the terms of v2 first. What we add on purpose (time, ULID, last_seen_at) is left out.
 */
class GoldenTest {

    private final CommandTranslator translator = new CommandTranslator();

    @TestFactory
    Stream<DynamicTest> saysWhatTheSdkSays() {
        return CommandCase.of("golden.yaml").map(c -> DynamicTest.dynamicTest(c.name(), () -> compare(c)));
    }

    private void compare(CommandCase c) throws Exception {
        List<ObjectNode> ours = new ArrayList<>();
        for (Operation operation :
                translator.translate(c.type(), c.body(), c.facts()).operations()) {
            ObjectNode body = Json.read(operation.body());
            ours.add(RequestMeaning.of(operation.method() + " " + operation.path(), body));
        }
        JsonNode sdk = c.data().get("sdk");
        JsonNode body = sdk.has("body") ? Json.read(Json.write(sdk.get("body"))) : Json.object();
        assertThat(ours).containsExactly(RequestMeaning.of(sdk.get("call").textValue(), (ObjectNode) body));
    }
}
