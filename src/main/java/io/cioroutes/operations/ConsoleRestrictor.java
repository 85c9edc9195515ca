package io.cioroutes.operations;

import io.cioroutes.operations.OperatorProperties.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import javax.management.ObjectName;
import org.jolokia.server.core.restrictor.RestrictorFactory;
import org.jolokia.server.core.service.api.Restrictor;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Decides what a request to Jolokia may do, for each of its parts, however they arrive: by {@code jolokia-access.xml} for
 * everybody, and only operators may invoke operations. A viewer may invoke those few that read: Hawtio draws diagrams
 * with them. Jolokia makes the object, by its name in {@code management.endpoint.jolokia.config}.
 */
public final class ConsoleRestrictor implements Restrictor {

    private static final String POLICY = "classpath:/jolokia-access.xml";

    /** Operations that only tell how routes are made and what they are doing. */
    private static final Set<String> READING = Set.of(
            "dumpRoutesAsXml",
            "dumpRouteAsXml",
            "dumpRoutesAsYaml",
            "dumpRouteAsYaml",
            "dumpRoutesStatsAsXml",
            "dumpRouteStatsAsXml",
            "dumpRoutesSourceLocationsAsXml",
            "dumpRouteSourceLocationsAsXml",
            "browse",
            "size");

    private final Restrictor policy;

    /** Reads the policy. */
    public ConsoleRestrictor() {
        try {
            policy = RestrictorFactory.lookupPolicyRestrictor(POLICY);
        } catch (IOException e) {
            throw new UncheckedIOException("The policy " + POLICY + " cannot be read", e);
        }
        if (policy == null) {
            throw new IllegalStateException("The policy " + POLICY + " is missing");
        }
    }

    @Override
    public boolean isOperationAllowed(ObjectName name, String operation) {
        String bare = operation.replaceFirst("\\(.*", "").strip();
        boolean reads = "org.apache.camel".equals(name.getDomain()) && READING.contains(bare);
        return policy.isOperationAllowed(name, bare)
                && (reads ? has(Role.VIEWER) : has(Role.OPERATOR) && !isFollowedLink());
    }

    /** Jolokia invokes operations by GET as well, and so a link on any page could do in an operator's browser. */
    private static boolean isFollowedLink() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes current
                && "GET".equals(current.getRequest().getMethod());
    }

    @Override
    public boolean isAttributeReadAllowed(ObjectName name, String attribute) {
        return policy.isAttributeReadAllowed(name, attribute) && has(Role.VIEWER);
    }

    @Override
    public boolean isAttributeWriteAllowed(ObjectName name, String attribute) {
        return policy.isAttributeWriteAllowed(name, attribute) && has(Role.OPERATOR);
    }

    private static boolean has(Role role) {
        Authentication user = SecurityContextHolder.getContext().getAuthentication();
        return user != null
                && user.getAuthorities().stream()
                        .anyMatch(authority -> authority.getAuthority().equals("ROLE_" + role));
    }

    /** Shown is what can be read, be it only in part. */
    @Override
    public boolean isObjectNameHidden(ObjectName name) {
        return !policy.isAttributeReadAllowed(name, "Name");
    }

    @Override
    public boolean isTypeAllowed(RequestType type) {
        return policy.isTypeAllowed(type);
    }

    @Override
    public boolean isHttpMethodAllowed(HttpMethod method) {
        return policy.isHttpMethodAllowed(method);
    }

    @Override
    public boolean isRemoteAccessAllowed(String... hostOrAddress) {
        return policy.isRemoteAccessAllowed(hostOrAddress);
    }

    @Override
    public boolean isOriginAllowed(String origin, boolean onlyWhenStrictCheckingIsEnabled) {
        return policy.isOriginAllowed(origin, onlyWhenStrictCheckingIsEnabled);
    }

    @Override
    public boolean ignoreScheme() {
        return policy.ignoreScheme();
    }
}
