package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskingTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{\"userId\":\"u1\",\"attrs\":{\"plan\":\"pro\",\"age\":3}}#{\"userId\":\"u1\",\"attrs\":{\"plan\":\"***\",\"age\":\"***\"}}",
                "{\"userId\":\"anna@example.com\",\"name\":\"order\"}#{\"userId\":\"***\",\"name\":\"order\"}",
                "{\"to\":\"anna@example.com\",\"templateId\":7}#{\"to\":\"***\",\"templateId\":7}",
                "{\"userId\":\"+49 170 1234567\"}#{\"userId\":\"***\"}",
                "{\"perUserData\":{\"a@b.de\":{\"x\":1}}}#{\"perUserData\":{\"***\":{\"x\":\"***\"}}}",
                "{\"emails\":[\"a@b\",\"c@d\",\"e@f\",\"g@h\"]}#{\"emails\":[\"***\",\"***\",\"***\",\"1 more\"]}",
                "{\"name\":{\"first\":\"Anna\"}}#{\"name\":{\"first\":\"***\"}}",
                "[1]#(no JSON object)",
                "Anna, anna@example.com#(not JSON)",
                "``#(no JSON object)",
            })
    void aPreviewNamesTheOperationAndNobody(String body, String preview) {
        assertThat(Masking.preview(body.getBytes(StandardCharsets.UTF_8))).isEqualTo(preview);
    }

    @ParameterizedTest
    @CsvSource({
        "'email: anna@example.com is taken', 'email: *** is taken'",
        "'value \"a@b.de\" of +49 (170) 1234567.', 'value \"***\" of ***.'",
        "'name: missing; nme: unknown field', 'name: missing; nme: unknown field'",
        "'HTTP 422 at 12:30', 'HTTP 422 at 12:30'",
    })
    void aTextNamesNobody(String text, String masked) {
        assertThat(Masking.text(text)).isEqualTo(masked);
    }
}
