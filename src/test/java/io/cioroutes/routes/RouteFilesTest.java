package io.cioroutes.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every route file must be, checked file by file. */
class RouteFilesTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path ROUTES = Path.of("routes");
    private static JsonSchema dsl;

    @TempDir
    private Path folder;

    @BeforeAll
    static void readDslSchema() throws IOException {
        try (InputStream schema = RouteFilesTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            dsl = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema);
        }
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> found = Files.walk(ROUTES)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void aRouteFileIsOneDescribedRouteNamedLikeItsFile(Path file) throws IOException {
        assertThat(file.toString()).endsWith(".camel.yaml");
        JsonNode content = YAML.readTree(file.toFile());
        assertThat(dsl.validate(content))
                .as("shape, by the schema of the DSL")
                // The schema knows no placeholders in booleans and numbers; Camel does.
                .filteredOn(violation -> !content.at(violation
                                .getInstanceLocation()
                                .toString()
                                .replace("$", "")
                                .replace('.', '/')
                                .replace("[", "/")
                                .replace("]", ""))
                        .asText()
                        .startsWith("{{"))
                .isEmpty();
        assertThat(content).hasSize(1);
        JsonNode route = content.get(0).has("route")
                ? content.get(0).get("route")
                : content.get(0).get("routeConfiguration");
        assertThat(route.get("id").asText() + ".camel.yaml")
                .isEqualTo(file.getFileName().toString());
        assertThat(route.path("description").asText()).isNotBlank();
        assertThat(Files.readString(file)).startsWith("# ");
    }

    @ParameterizedTest
    @MethodSource("files")
    void aRouteEitherRefersToTheOutcomesOrLeavesErrorsToItsCaller(Path file) throws IOException {
        JsonNode route = YAML.readTree(file.toFile()).get(0).get("route");
        if (route == null) {
            return;
        }
        boolean shared = route.hasNonNull("routeConfigurationId");
        JsonNode own = route.path("errorHandler");
        assertThat(shared ^ own.isObject())
                .as("Camel's default error handler would acknowledge nothing and retry nothing")
                .isTrue();
        if (own.has("deadLetterChannel")) {
            assertThat(own.at("/deadLetterChannel/deadLetterHandleNewException").asBoolean(true))
                    .as("a dead letter that cannot be sent must not count as handled")
                    .isFalse();
        }
        if (own.has("noErrorHandler")
                && !route.path("from").path("uri").asText().startsWith("direct:")) {
            assertThat(route.at("/from/steps/0").has("doTry"))
                    .as("a consumer decides about errors, for all of its steps")
                    .isTrue();
        }
    }

    @Test
    void aFileThatCamelPassesOverIsNamed() throws Exception {
        Files.writeString(folder.resolve("good.camel.yaml"), route("good"));
        // A mapping in place of a list: Camel 4.17 ignores it without a word (CAMEL-23984).
        Files.writeString(folder.resolve("ignored.camel.yaml"), "from:\n  uri: direct:ignored\n");
        Files.writeString(folder.resolve("misnamed.camel.yaml"), route("other"));
        String pattern = "file:" + folder + "/*.camel.yaml";
        try (var context = new DefaultCamelContext()) {
            try (Stream<Path> found = Files.list(folder)) {
                for (Path file : found.sorted().toList()) {
                    PluginHelper.getRoutesLoader(context)
                            .loadRoutes(ResourceHelper.resolveResource(context, "file:" + file));
                }
            }
            assertThat(RouteFiles.problems(context, pattern))
                    .hasSize(3)
                    .anySatisfy(problem -> assertThat(problem).contains("ignored.camel.yaml"))
                    .anySatisfy(problem -> assertThat(problem).contains("misnamed.camel.yaml"))
                    .anySatisfy(problem -> assertThat(problem).contains("route 'other'"));
        }
    }

    private static String route(String id) {
        return "- route:\n    id: " + id + "\n    from:\n      uri: direct:" + id
                + "\n      steps:\n        - stop: {}\n";
    }
}
