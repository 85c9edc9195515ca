package io.cioroutes.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Reads an HTTP answer. Inside the circuit breaker only that may be thrown which says something about the API as a
 * whole: it failed for now, or it refuses the service's settings. A refused command leaves the breaker in peace and is
 * settled after it. In: the HTTP response. Out: an {@link ApiAnswer}.
 */
final class AnswerCheck implements Processor {

    private final Apis apis;
    private final Sends sends;
    private final Credentials credentials;

    AnswerCheck(Apis apis, Sends sends, Credentials credentials) {
        this.apis = apis;
        this.sends = sends;
        this.credentials = credentials;
    }

    @Override
    public void process(Exchange exchange) throws ApiException {
        Message message = exchange.getMessage();
        ApiRequest request = ApiRequest.of(exchange);
        Integer code = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        int status = code == null ? 0 : code;
        String body = message.getBody(String.class);
        var answer = new ApiAnswer(status, body == null ? "" : body);
        Api api = apis.of(request);
        if (status == 401) {
            String cause = "answered 401: the credentials are wrong for this region (" + answer.errorText() + ")";
            api.misconfigured(cause);
            credentials.refused();
            throw new MisconfiguredException(status, cause);
        }
        if (status >= 300 && status < 400) {
            String cause =
                    "answered with a redirect (" + status + "), which means the wrong region; check CUSTOMERIO_REGION";
            api.misconfigured(cause);
            throw new MisconfiguredException(status, cause);
        }
        api.answered();
        if (status == 504 && sends.isUnrepeatable(request)) {
            throw new AmbiguousSendException(status, "504, the message may have been sent: " + answer.errorText());
        }
        if (status == 408 || status == 429 || status >= 500 || status < 200) {
            throw new FailedForNowException(
                    status, answer.errorText(), retryAfter(message.getHeader("Retry-After", String.class)));
        }
        api.works();
        message.removeHeaders("*");
        message.setBody(answer);
    }

    /** {@code Retry-After} as seconds or as an HTTP date; null if absent, unreadable or past. */
    static Duration retryAfter(String header) {
        if (header == null || header.isBlank()) {
            return null;
        }
        String value = header.strip();
        try {
            long seconds = value.chars().allMatch(Character::isDigit)
                    ? Long.parseLong(value)
                    : Duration.between(
                                    Instant.now(),
                                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                                            .toInstant())
                            .plusMillis(999)
                            .toSeconds();
            return seconds > 0
                    ? Duration.ofSeconds(Math.min(seconds, Duration.ofDays(365).toSeconds()))
                    : null;
        } catch (DateTimeParseException | NumberFormatException e) {
            return null;
        }
    }
}
