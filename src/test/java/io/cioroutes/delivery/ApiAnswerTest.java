package io.cioroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiAnswerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"meta\":{\"errors\":[\"name is required\",\"id too long\"]}}|name is required; id too long",
                "{\"meta\":{\"error\":\"Unauthorized request\"}}|Unauthorized request",
                "{\"errors\":[{\"reason\":\"required\",\"field\":\"type\",\"message\":\"type is required\"}]}"
                        + "|type: required: type is required",
                "{\"errors\":[{\"detail\":\"not found\",\"status\":\"404\"}]}|not found",
                "<html>502</html>|<html>502</html>",
                "''|no text"
            })
    void quotesTheApiInItsOwnWords(String body, String text) {
        assertThat(new ApiAnswer(400, body).errorText()).isEqualTo(text);
    }

    @Test
    void mapsEachRefusedItemToItsIndex() {
        var answer = new ApiAnswer(
                207,
                """
                {"errors":[{"batch_index":2,"message":"too long"},{"batch_index":0,"reason":"invalid"},
                {"batch_index":2,"field":"x"},{"reason":"unattributed"}]}""");

        assertThat(answer.refusedItems()).isEqualTo(Map.of(0, "invalid", 2, "too long; x", -1, "unattributed"));
    }

    @Test
    void readsRetryAfterInSecondsAndAsADate() {
        assertThat(AnswerCheck.retryAfter("7")).isEqualTo(Duration.ofSeconds(7));
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(90));
        assertThat(AnswerCheck.retryAfter(date)).isBetween(Duration.ofSeconds(85), Duration.ofSeconds(91));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "0", "Sun, 06 Nov 1994 08:49:37 GMT", "99999999999999999999999"})
    void passesOverARetryAfterThatSaysNothing(String header) {
        assertThat(AnswerCheck.retryAfter(header)).isNull();
    }
}
