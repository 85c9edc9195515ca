package io.cioroutes.operations;

import io.cioroutes.operations.OperatorProperties.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives requests that need no login the rights of an operator, each for itself: no session remembers it. */
final class TrustFilter extends OncePerRequestFilter {

    private static final String NAME = "local";

    private final RequestMatcher trusted;

    TrustFilter(RequestMatcher trusted) {
        this.trusted = trusted;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (SecurityContextHolder.getContext().getAuthentication() == null && trusted.matches(request)) {
            SecurityContext context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                    NAME, null, AuthorityUtils.createAuthorityList("ROLE_" + Role.OPERATOR, "ROLE_" + Role.VIEWER)));
            SecurityContextHolder.setContext(context);
        }
        chain.doFilter(request, response);
    }

    /** Forwards within one request are the same request, and an error page of it needs no rights. */
    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return true;
    }
}
