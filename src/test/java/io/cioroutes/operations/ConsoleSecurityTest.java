package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.operations.Script.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what in production. */
class ConsoleSecurityTest extends ProdService {

    private static final String STOP =
            """
            {"type": "exec", "mbean": "org.apache.camel:context=customerio-routes,type=routes,name=\\"suppress\\"",
             "operation": "stop()"}""";
    private static final String SUMMARY =
            """
            {"type": "exec", "mbean": "io.cioroutes:type=DeadLetters", "operation": "summary()"}""";
    private static final String READ =
            """
            {"type": "read", "mbean": "java.lang:type=Memory", "attribute": "HeapMemoryUsage"}""";

    @ParameterizedTest
    @CsvSource({
        "GET,    /actuator/health/liveness,     200, 200, 200",
        "GET,    /actuator/health/readiness,    200, 200, 200",
        "GET,    /actuator/health,              401, 200, 200",
        "GET,    /actuator/prometheus,          401, 200, 200",
        "GET,    /actuator/hawtio/index.html,   401, 200, 200",
        "GET,    /actuator/hawtio/proxy/localhost/8080/, 401, 403, 403",
        "GET,    /actuator/jolokia/version,     401, 200, 200",
        "GET,    /actuator/deadletters,         401, 200, 200",
        "GET,    /actuator/deadletters/track,   401, 200, 200",
        "GET,    /actuator/deadletters/track/x, 401, 403, 404",
        "POST,   /actuator/deadletters/track/x, 401, 403, 404",
        "DELETE, /actuator/deadletters/track,   401, 403, 200",
        "GET,    /actuator/commands,            401, 200, 200",
        "GET,    /actuator/nothing,             401, 404, 404",
        "GET,    /nothing,                      401, 404, 404",
    })
    void eachMayDoTheirPart(String method, String path, int nobody, int viewer, int operator) {
        assertThat(call(null, method, path, null).status()).as("nobody").isEqualTo(nobody);
        assertThat(call(VIEWER, method, path, null).status()).as("viewer").isEqualTo(viewer);
        assertThat(call(OPERATOR, method, path, null).status()).as("operator").isEqualTo(operator);
    }

    @Test
    void aViewerChangesNothing() {
        for (String path : List.of(
                "/actuator/commands", "/actuator/commands/track", "/actuator/deadletters/track", "/actuator/unknown")) {
            assertThat(call(VIEWER, "POST", path, "{\"action\": \"pause\", \"all\": true}")
                            .status())
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(call(VIEWER, "DELETE", "/actuator/deadletters/track?confirm=0", null)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void webhooksNeedNoLoginAndNoToken() {
        Answer answer = call(null, "POST", "/webhooks/customerio", "{}", "Origin", "https://customer.io");

        assertThat(answer.status()).as(answer.body()).isNotIn(401, 403);
        assertThat(answer.headers()).doesNotContainKey("Set-Cookie");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/jolokia", "/actuator/hawtio/jolokia"})
    void aViewerReadsAndInvokesNothing(String jolokia) {
        assertThat(status(call(VIEWER, "POST", jolokia, READ))).isEqualTo(200);
        assertThat(status(call(VIEWER, "POST", jolokia, STOP))).isEqualTo(403);
        assertThat(status(call(VIEWER, "POST", jolokia, SUMMARY))).isEqualTo(403);
        assertThat(status(call(OPERATOR, "POST", jolokia, SUMMARY))).isEqualTo(200);

        JsonNode bulk = call(VIEWER, "POST", jolokia, "[" + READ + "," + STOP + "," + SUMMARY + "]")
                .json();
        assertThat(bulk.findValuesAsText("status")).containsExactly("200", "403", "403");
    }

    @Test
    void nobodyInvokesByGet() {
        String stop = "/actuator/jolokia/exec/io.cioroutes:type=DeadLetters/stop";
        String byParameter = "/actuator/jolokia?p=exec/io.cioroutes:type=DeadLetters/stop";
        for (String user : List.of(VIEWER, OPERATOR)) {
            assertThat(status(call(user, "GET", stop, null))).as(user).isEqualTo(403);
            assertThat(status(call(user, "GET", byParameter, null))).as(user).isEqualTo(403);
        }
    }

    @Test
    void aViewerSeesDiagrams() {
        String routes =
                """
                {"type": "exec", "mbean": "org.apache.camel:context=customerio-routes,type=context,name=\\"customerio-routes\\"",
                 "operation": "dumpRoutesAsXml()"}""";
        String stats =
                """
                {"type": "exec", "mbean": "org.apache.camel:context=customerio-routes,type=routes,name=\\"track\\"",
                 "operation": "dumpRouteStatsAsXml(boolean,boolean)", "arguments": [true, true]}""";

        assertThat(call(VIEWER, "POST", "/actuator/jolokia", routes)
                        .json()
                        .path("value")
                        .textValue())
                .contains("id=\"track-call\"", "description=\"Calls the Track API")
                // Hawtio can draw neither.
                .doesNotContain("onException", "errorHandler");
        assertThat(status(call(VIEWER, "POST", "/actuator/jolokia", stats))).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                """
                {"type": "exec", "mbean": "com.sun.management:type=DiagnosticCommand", "operation": "vmFlags", "arguments": [[]]}""",
                """
                {"type": "exec", "mbean": "com.sun.management:type=HotSpotDiagnostic", "operation": "dumpHeap", "arguments": ["heap.hprof", true]}""",
                """
                {"type": "exec", "mbean": "jdk.management.jfr:type=FlightRecorder", "operation": "newRecording"}""",
                """
                {"type": "read", "mbean": "java.lang:type=Runtime", "attribute": "SystemProperties"}""",
                """
                {"type": "read", "mbean": "java.util.logging:type=Logging", "attribute": "LoggerNames"}""",
                """
                {"type": "write", "mbean": "java.lang:type=Memory", "attribute": "Verbose", "value": true}""",
                """
                {"type": "write", "mbean": "org.apache.camel:context=customerio-routes,type=routes,name=\\"track\\"", "attribute": "StatisticsEnabled", "value": false}""",
                """
                {"type": "exec", "mbean": "org.apache.camel:context=customerio-routes,type=context,name=\\"customerio-routes\\"", "operation": "sendBody(java.lang.String,java.lang.Object)", "arguments": ["direct:retry", "x"]}""",
                """
                {"type": "exec", "mbean": "org.apache.camel:context=customerio-routes,type=context,name=\\"customerio-routes\\"", "operation": "stop()"}""",
            })
    void evenAnOperatorReachesOnlyWhatIsNeeded(String request) {
        assertThat(status(post("/actuator/jolokia", request))).isEqualTo(403);
    }

    @Test
    void onlyWhatIsNeededIsListed() {
        JsonNode domains =
                post("/actuator/jolokia", "{\"type\": \"list\"}").json().path("value");

        assertThat(domains.fieldNames())
                .toIterable()
                .contains("io.cioroutes", "org.apache.camel", "java.lang")
                .allMatch(name -> List.of("io.cioroutes", "org.apache.camel", "java.lang", "java.nio", "metrics")
                        .contains(name));
    }

    @Test
    void anotherSitesPageGetsNothing() {
        Answer read = call(OPERATOR, "GET", "/actuator/jolokia/version", null, "Origin", "https://evil.example");
        assertThat(read.headers()).doesNotContainKey("Access-Control-Allow-Origin");

        // A browser names the page's origin; then the token is wanted, whatever the login.
        Answer change = call(
                OPERATOR, "POST", "/actuator/commands", "{\"action\": \"resume\"}", "Origin", "https://evil.example");
        assertThat(change.status()).isEqualTo(403);
        Answer withCookie =
                call(OPERATOR, "POST", "/actuator/commands", "{\"action\": \"resume\"}", "Cookie", "JSESSIONID=x");
        assertThat(withCookie.status()).isEqualTo(403);
    }

    @Test
    void theConsolesOwnPageHasTheToken() {
        String cookie = get("/actuator/hawtio/index.html").headers().get("Set-Cookie");
        assertThat(cookie).contains("XSRF-TOKEN=");
        String token = cookie.replaceFirst("(?s).*XSRF-TOKEN=([^;]+).*", "$1");

        Answer answer = call(
                OPERATOR,
                "POST",
                "/actuator/hawtio/jolokia",
                READ,
                "Origin",
                "http://127.0.0.1:" + port,
                "Cookie",
                "XSRF-TOKEN=" + token,
                "X-XSRF-TOKEN",
                token);

        assertThat(status(answer)).isEqualTo(200);
    }

    @Test
    void browsersAreSentToTheLoginPage() {
        Answer page = call(null, "GET", "/actuator/hawtio/", null, "Accept", "text/html", "Sec-Fetch-Site", "none");
        assertThat(page.status()).isEqualTo(302);
        assertThat(page.headers().get("Location")).endsWith("/login");
        assertThat(call(null, "GET", "/login", null).body()).contains("name=\"password\"");

        Answer background =
                call(null, "POST", "/actuator/jolokia", READ, "Accept", "*/*", "Sec-Fetch-Site", "same-origin");
        assertThat(background.status()).isIn(401, 403);
        // A browser would keep the credentials that it asks for, and send them for any page.
        assertThat(background.headers()).doesNotContainKey("WWW-Authenticate");
    }

    @Test
    void aWrongPasswordIsRefused() {
        Answer answer = call(null, "GET", "/actuator/deadletters", null, "Authorization", "Basic b2xnYTp3cm9uZw==");

        assertThat(answer.status()).isEqualTo(401);
    }

    /** Jolokia says in the body what became of each request. */
    private static int status(Answer answer) {
        return answer.status() == 200 ? answer.json().path("status").intValue() : answer.status();
    }
}
