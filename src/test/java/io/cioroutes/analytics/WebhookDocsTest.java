package io.cioroutes.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.cioroutes.analytics.TableSchema.Column;
import io.cioroutes.analytics.TableSchema.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/webhooks.md} says what the code does. */
class WebhookDocsTest {
    private static final Path PAGE = Path.of("docs/webhooks.md");

    static Stream<TableSchema> tables() {
        return TableSchema.ALL.values().stream();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void listsEveryColumn(TableSchema schema) throws IOException {
        String start = "<!-- columns of " + schema.name() + ": generated, checked by a test -->\n";
        assertThat(Files.readString(PAGE))
                .describedAs("Put this table where the page has the old one")
                .contains(start + reference(schema) + "<!-- end -->\n");
    }

    private static String reference(TableSchema schema) {
        return "| column | type | what it holds |\n|---|---|---|\n"
                + schema.columns().stream()
                        .flatMap(column -> Stream.concat(
                                Stream.of(line(column.name(), column)),
                                (column.fields() == null ? List.<Column>of() : column.fields())
                                        .stream().map(field -> line(column.name() + "." + field.name(), field))))
                        .collect(Collectors.joining());
    }

    private static String line(String name, Column column) {
        String mode = column.mode() == Mode.REQUIRED ? ", always" : column.mode() == Mode.REPEATED ? ", list" : "";
        return "| `" + name + "` | " + column.type() + mode + " | " + column.description() + " |\n";
    }

    @Test
    void namesEveryView() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(LocalSql.VIEWS).allSatisfy(view -> assertThat(page).contains("`" + view + "`"));
    }
}
