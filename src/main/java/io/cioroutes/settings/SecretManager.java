package io.cioroutes.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.auth.oauth2.GoogleCredentials;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;

/**
 * Google Secret Manager, as far as the service needs it: one GET of its REST API, with the login that BigQuery uses too.
 * Google's own client would bring gRPC for it.
 *
 * @see <a href="https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access">access</a>
 */
final class SecretManager {

    private static final String GOOGLE = "https://secretmanager.googleapis.com";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final String endpoint;
    private GoogleCredentials credentials;

    /** @param endpoint of a stand-in, which is asked without a login; empty for Google's own */
    SecretManager(String endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * The value of a version, without the line break at its end.
     *
     * @throws IOException with a message for people that does not contain the value
     */
    String read(SecretReference reference) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        (endpoint.isEmpty() ? GOOGLE : endpoint) + "/v1/" + reference.resource() + ":access"))
                .timeout(PATIENCE);
        if (endpoint.isEmpty()) {
            logIn(request);
        }
        HttpResponse<String> answer;
        try {
            answer = http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IOException("Secret Manager cannot be reached (" + e + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking Secret Manager", e);
        }
        if (answer.statusCode() != 200) {
            throw new IOException(reason(answer.statusCode()));
        }
        try {
            JsonNode data =
                    new JsonMapper().readTree(answer.body()).path("payload").path("data");
            return new String(Base64.getDecoder().decode(data.textValue()), UTF_8).replaceFirst("\\R$", "");
        } catch (IOException | RuntimeException e) {
            // Without the cause, which may quote the answer.
            throw new IOException("Secret Manager's answer cannot be read");
        }
    }

    private void logIn(HttpRequest.Builder request) throws IOException {
        try {
            if (credentials == null) {
                credentials = GoogleCredentials.getApplicationDefault()
                        .createScoped("https://www.googleapis.com/auth/cloud-platform");
            }
            credentials
                    .getRequestMetadata()
                    .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        } catch (IOException e) {
            throw new IOException("there is no login for Google Cloud: give the workload a service account, or set"
                    + " GOOGLE_APPLICATION_CREDENTIALS to a key file");
        }
    }

    private static String reason(int status) {
        return switch (status) {
            case 401, 403 ->
                "Secret Manager refuses it (" + status + "): the service account needs the role"
                        + " roles/secretmanager.secretAccessor on the secret";
            case 404 -> "there is no such secret, or it has no such version (404)";
            case 400 -> "the version is disabled or destroyed, or the name is wrong (400)";
            default -> "Secret Manager answers " + status;
        };
    }
}
