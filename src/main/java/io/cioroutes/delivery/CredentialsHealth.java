package io.cioroutes.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Whether Customer.io accepts the Track API's credentials, by the call that it documents for that,
 * {@code GET /api/v1/accounts/region}, at the start and now and then. DOWN for a 401 and for the wrong region. An API
 * that cannot be reached or answers otherwise says nothing about credentials: then the last verdict stands, until a
 * command's call goes through. There is no such question for the key of the App API, which only a send can try.
 */
final class CredentialsHealth extends AbstractHealthIndicator {

    private static final Logger log = LoggerFactory.getLogger(CredentialsHealth.class);
    private static final JsonMapper JSON = new JsonMapper();

    /** Looks at no proxy and keeps no cookie; redirects are not followed: they mean the wrong region. */
    private final HttpClient http;

    private final String region;
    private final Credentials credentials;
    private final Api track;
    private final URI address;
    private final Duration timeout;
    private volatile String problem;
    private volatile long refusedAt;
    private volatile String note = "not asked yet";

    /**
     * @param region the configured one
     * @param credentials as calls are made with now
     * @param track the Track API as commands meet it
     * @param trackUrl root of the Track API's host
     * @param connect longest wait for a connection
     * @param answer longest wait for the answer
     */
    CredentialsHealth(
            String region, Credentials credentials, Api track, String trackUrl, Duration connect, Duration answer) {
        super("the health of the credentials could not be told");
        this.region = region.strip();
        this.credentials = credentials;
        this.track = track;
        this.address = URI.create(trackUrl + "/api/v1/accounts/region");
        this.timeout = answer;
        this.http = HttpClient.newBuilder().connectTimeout(connect).build();
    }

    /** Asks once. */
    @Scheduled(
            initialDelayString = "${cio.observe.credentials-delay}",
            fixedDelayString = "${cio.observe.credentials-interval}")
    void ask() {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(timeout)
                .header("Authorization", credentials.basic())
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            judge(response.statusCode(), response.body());
        } catch (IOException e) {
            note = "Customer.io could not be asked (" + e.getClass().getSimpleName()
                    + "), which is no problem of credentials";
        } catch (InterruptedException e) {
            // The service stops.
            Thread.currentThread().interrupt();
        }
    }

    private void judge(int status, String body) {
        if (status == 401) {
            credentials.refused();
            refused(
                    "The Track API answered 401: CUSTOMERIO_SITE_ID and CUSTOMERIO_TRACK_API_KEY are wrong for this region");
        } else if (status >= 300 && status < 400) {
            refused("The Track API answered with a redirect (" + status
                    + "), which means the wrong region: check CUSTOMERIO_REGION");
        } else if (status == 200) {
            accepted(body);
        } else {
            note = "Customer.io answered " + status + ", which says nothing about credentials";
        }
    }

    private void accepted(String body) {
        String actual = region(body);
        if (!actual.isEmpty() && !actual.equalsIgnoreCase(region)) {
            refused("The workspace lives in region " + actual + ", but CUSTOMERIO_REGION is " + region);
            return;
        }
        if (problem != null) {
            log.info("Customer.io accepts the Track API's credentials again");
        }
        problem = null;
        note = "accepted by the Track API" + (actual.isEmpty() ? "" : ", region " + actual);
    }

    private static String region(String body) {
        try {
            JsonNode answer = JSON.readTree(body);
            return answer == null ? "" : answer.path("region").asText("");
        } catch (IOException e) {
            // The status alone tells what matters.
            log.debug("The Track API named no region", e);
            return "";
        }
    }

    private void refused(String cause) {
        if (!cause.equals(problem)) {
            log.error("{}. Calls will be refused; consumption pauses then, and no message is lost.", cause);
        }
        refusedAt = System.nanoTime();
        problem = cause;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        String cause = problem;
        if (cause == null) {
            builder.up().withDetail("track", note);
        } else if (track.hasWorkedSince(refusedAt)) {
            builder.up().withDetail("track", "refused when asked, but a call went through since");
        } else {
            builder.down().withDetail("cause", cause);
        }
    }
}
