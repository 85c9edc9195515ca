package io.cioroutes.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cioroutes.sandbox.SandboxInitializer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.springframework.core.env.Environment;

/** Asks both of Customer.io's APIs, by calls that change nothing, whether they take the service's keys and region. */
final class CustomerioCheck implements Check {

    /** Customer.io documents it as the check of credentials. */
    private static final String REGION = "/api/v1/accounts/region";

    /** The cheapest read that asks for a key; the answer is thrown away. */
    private static final String READ = "/v1/messages?limit=1";

    private static final String NEW_KEYS =
            "Customer.io shows the keys under Settings, Account Settings, API Credentials; each region has its own.";

    private final Environment environment;

    CustomerioCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public String area() {
        return "customerio";
    }

    @Override
    public List<Finding> findings() {
        if (!environment.getProperty("cio.role.commands", Boolean.class, false)) {
            return List.of(Finding.ok(area(), "not needed: cio.roles has no commands"));
        }
        if (SandboxInitializer.isWanted(environment)) {
            return List.of(Finding.ok(area(), "the sandbox takes its place, as no CUSTOMERIO_* names the real one"));
        }
        if (environment.getProperty("cio.track.url") == null) {
            return List.of(Finding.problem(area(), "not asked, as CUSTOMERIO_REGION is wrong", "Set it to us or eu."));
        }
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(environment.getProperty("cio.http.connect-timeout", Duration.class))
                .build();
        return List.of(track(client), app(client));
    }

    private Finding track(HttpClient client) {
        String pair = property("cio.customerio.site-id") + ":" + property("cio.customerio.track-api-key");
        String login = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        String host = property("cio.track.url");
        return ask(
                client, "Track API", host, REGION, login, "CUSTOMERIO_SITE_ID and CUSTOMERIO_TRACK_API_KEY", body -> {
                    String region = region(body);
                    String configured = property("cio.customerio.region");
                    return region.isEmpty() || region.equalsIgnoreCase(configured)
                            ? Finding.ok(area(), "Track API at " + host + " takes the keys, region " + configured)
                            : Finding.problem(
                                    area(),
                                    "the workspace lives in " + region + ", but CUSTOMERIO_REGION is " + configured,
                                    "Set CUSTOMERIO_REGION=" + region + ".");
                });
    }

    private Finding app(HttpClient client) {
        String host = property("cio.app.url");
        return ask(
                client,
                "App API",
                host,
                READ,
                "Bearer " + property("cio.customerio.app-api-key"),
                "CUSTOMERIO_APP_API_KEY",
                body -> Finding.ok(area(), "App API at " + host + " takes the key"));
    }

    private static String region(String body) {
        try {
            JsonNode answer = new JsonMapper().readTree(body);
            return answer.path("region").asText();
        } catch (IOException e) {
            return "(unreadable answer)";
        }
    }

    private Finding ask(
            HttpClient client, String api, String host, String path, String login, String keys, Reading reading) {
        try {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(host + path))
                            .header("Authorization", login)
                            .timeout(Duration.ofMillis(
                                    environment.getRequiredProperty("cio.http.response-timeout", Long.class)))
                            .build(),
                    BodyHandlers.ofString());
            return judge(api, host, answer, keys, reading);
        } catch (IOException e) {
            return Finding.problem(
                    area(),
                    api + " at " + host + " cannot be reached ("
                            + (e instanceof ConnectException ? "nobody accepts a connection" : Doctor.text(e)) + ")",
                    "Check the network, a proxy's or firewall's rules for port 443, and the host's name.");
        } catch (IllegalArgumentException e) {
            return Finding.problem(
                    area(), api + ": " + host + " is no URL", "It looks like https://track.customer.io.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.problem(area(), api + " was not asked to the end", "Look again.");
        }
    }

    private Finding judge(String api, String host, HttpResponse<String> answer, String keys, Reading reading) {
        int status = answer.statusCode();
        String said = api + " at " + host + " answers " + status;
        if (status == 401) {
            return Finding.problem(area(), said + ": it does not take the keys", "Check " + keys + ". " + NEW_KEYS);
        }
        if (status == 403) {
            return Finding.warning(
                    area(),
                    said + ": it knows the key, which may not read messages",
                    "Sends may work all the same; give the key the scope of what the service sends.");
        }
        if (status >= 300 && status < 400) {
            return Finding.problem(
                    area(), said + ", a redirect: the workspace lives elsewhere", "Check CUSTOMERIO_REGION.");
        }
        if (status == 200) {
            return reading.of(answer.body());
        }
        return status == 429 || status >= 500
                ? Finding.warning(
                        area(),
                        said + ": it has trouble",
                        "Commands wait until it is back; nothing is to be done here.")
                : Finding.problem(
                        area(), said, "Is this Customer.io? Check CUSTOMERIO_TRACK_URL and CUSTOMERIO_APP_URL.");
    }

    private String property(String name) {
        return environment.getProperty(name, "");
    }

    @FunctionalInterface
    private interface Reading {
        Finding of(String body);
    }
}
