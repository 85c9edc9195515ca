package io.cioroutes.operations;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Whether a request comes from a program on this machine, by the address of the connection. A header can only speak
 * against it: one that a proxy or a tunnel added, or a host name that is not this machine's, as when another site's name
 * was made to lead here.
 */
final class FromThisMachine implements RequestMatcher {

    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1", "[0:0:0:0:0:0:0:1]");
    private static final List<String> PROXY_HEADERS =
            List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

    /** Set by Tomcat where it has replaced the address by one from a header. */
    private static final String REPLACED = "org.apache.tomcat.request.forwarded";

    @Override
    public boolean matches(HttpServletRequest given) {
        HttpServletRequest request = asReceived(given);
        return isLoopback(request.getRemoteAddr())
                && NAMES.contains(request.getServerName())
                && request.getAttribute(REPLACED) == null
                && PROXY_HEADERS.stream().noneMatch(name -> request.getHeader(name) != null);
    }

    /** Without what filters have put around it. */
    private static HttpServletRequest asReceived(HttpServletRequest given) {
        ServletRequest request = given;
        while (request instanceof ServletRequestWrapper wrapper) {
            request = wrapper.getRequest();
        }
        return (HttpServletRequest) request;
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
