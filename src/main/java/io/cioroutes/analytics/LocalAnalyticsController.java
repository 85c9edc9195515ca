package io.cioroutes.analytics;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The local analytics database over HTTP: a page at {@code /analytics} and queries at {@code /analytics/query}. For the
 * user of this machine alone: not through a tunnel or proxy, and not for another site's page in the user's browser.
 */
@RestController
@Conditional(AnalyticsConfiguration.WithoutBigQuery.class)
class LocalAnalyticsController {
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    /** A query is a text that a person wrote. */
    private static final int MAX_QUERY_BYTES = 65_536;

    private static final String CSV = "text/csv";

    private final LocalStore store;

    LocalAnalyticsController(LocalStore store) {
        this.store = store;
    }

    @GetMapping(path = "/analytics", produces = MediaType.TEXT_HTML_VALUE)
    Resource page(HttpServletRequest request) {
        checkIsLocal(request);
        return new ClassPathResource("analytics/page.html");
    }

    @GetMapping("/analytics/query")
    ResponseEntity<?> query(@RequestParam("sql") String sql, HttpServletRequest request) {
        checkIsLocal(request);
        return answer(sql, request);
    }

    /** The body is the query, whatever its content type says: curl calls it a form. */
    @PostMapping("/analytics/query")
    ResponseEntity<?> query(HttpServletRequest request) throws IOException {
        checkIsLocal(request);
        byte[] sql = request.getInputStream().readNBytes(MAX_QUERY_BYTES);
        return answer(new String(sql, StandardCharsets.UTF_8), request);
    }

    private ResponseEntity<?> answer(String sql, HttpServletRequest request) {
        try {
            QueryResult result = store.query(sql);
            String accept = request.getHeader("Accept");
            return accept != null && accept.startsWith(CSV)
                    ? ResponseEntity.ok()
                            .contentType(MediaType.parseMediaType(CSV + ";charset=UTF-8"))
                            .body(result.csv())
                    : ResponseEntity.ok()
                            .contentType(MediaType.APPLICATION_JSON)
                            .body(result);
        } catch (SQLException e) {
            return ResponseEntity.badRequest()
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    private static void checkIsLocal(HttpServletRequest request) {
        boolean forwarded = request.getHeader("Forwarded") != null || request.getHeader("X-Forwarded-For") != null;
        if (forwarded || !LOCAL_NAMES.contains(request.getServerName()) || !isLoopback(request.getRemoteAddr())) {
            throw new ResponseStatusException(
                    HttpStatus.FORBIDDEN, "The local analytics database answers requests from this machine only");
        }
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
