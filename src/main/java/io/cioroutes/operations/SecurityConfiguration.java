package io.cioroutes.operations;

import static io.cioroutes.operations.OperatorProperties.Role.OPERATOR;
import static io.cioroutes.operations.OperatorProperties.Role.VIEWER;

import io.cioroutes.operations.OperatorProperties.Role;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.security.SecurityProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Who may do what over HTTP. Open to all: webhooks, whose signature is checked, and the two probes. Everything else is
 * for viewers and operators. In the profile {@code local} a request from this machine counts as an operator's; so does
 * one to a separate management port when no user is configured.
 *
 * <p>Within Jolokia, which Hawtio works through, {@link ConsoleRestrictor} decides.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({OperatorProperties.class, SecurityProperties.class})
class SecurityConfiguration {

    /** Where Hawtio is, and where its login leads to. */
    private static final String CONSOLE = "/actuator/hawtio";

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    @Bean
    InMemoryUserDetailsManager operators(
            OperatorProperties properties, SecurityProperties security, PasswordEncoder encoder) {
        List<UserDetails> users = new ArrayList<>();
        SecurityProperties.User first = security.getUser();
        if (!first.isPasswordGenerated()) {
            users.add(user(first.getName(), hashed(first.getPassword(), encoder), List.of(OPERATOR)));
        }
        properties.operators().forEach(user -> users.add(user(user.username(), user.password(), user.roles())));
        return new InMemoryUserDetailsManager(users);
    }

    /** A password without the name of its hash is a plain one. */
    private static String hashed(String password, PasswordEncoder encoder) {
        return password.matches("\\{\\w[\\w@.-]*}.*") ? password : encoder.encode(password);
    }

    private static UserDetails user(String name, String password, List<Role> roles) {
        boolean operator = roles.contains(OPERATOR);
        return User.withUsername(name)
                .password(password)
                .roles(operator ? new String[] {OPERATOR.name(), VIEWER.name()} : new String[] {VIEWER.name()})
                .build();
    }

    /** Nothing of Spring Security may touch a webhook's body, and no session is begun for one. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    SecurityFilterChain webhooks(HttpSecurity http) throws Exception {
        return http.securityMatcher("/webhooks/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .build();
    }

    @Bean
    SecurityFilterChain console(
            HttpSecurity http, Environment environment, OperatorProperties properties, SecurityProperties security)
            throws Exception {
        boolean local = environment.acceptsProfiles(Profiles.of("local"));
        boolean users = !security.getUser().isPasswordGenerated()
                || !properties.operators().isEmpty();
        http.authorizeHttpRequests(requests -> requests
                // These begin with a request that was checked already.
                .dispatcherTypeMatchers(DispatcherType.FORWARD, DispatcherType.ASYNC, DispatcherType.ERROR)
                .permitAll()
                .requestMatchers("/actuator/health/liveness", "/actuator/health/readiness")
                .permitAll()
                // Hawtio's way to other machines' consoles; it asks whether there is one.
                .requestMatchers(HttpMethod.GET, CONSOLE + "/proxy/enabled")
                .hasRole(VIEWER.name())
                .requestMatchers(CONSOLE + "/proxy/**")
                .denyAll()
                .requestMatchers("/actuator/jolokia/**", CONSOLE + "/jolokia/**")
                .hasRole(VIEWER.name())
                .requestMatchers(HttpMethod.GET, "/actuator/deadletters", "/actuator/deadletters/*")
                .hasRole(VIEWER.name())
                // A whole message.
                .requestMatchers("/actuator/deadletters/**")
                .hasRole(OPERATOR.name())
                .requestMatchers(HttpMethod.GET, "/**")
                .hasRole(VIEWER.name())
                .requestMatchers(HttpMethod.HEAD, "/**")
                .hasRole(VIEWER.name())
                .anyRequest()
                .hasRole(OPERATOR.name()));
        http.csrf(csrf -> csrf.requireCsrfProtectionMatcher(SecurityConfiguration::changesThroughBrowser)
                .csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse())
                .csrfTokenRequestHandler(eagerToken()));
        if (local) {
            trust(http, new FromThisMachine());
        } else if (!users) {
            trust(http, request -> isManagementPort(request, environment));
        }
        if (users) {
            logins(http);
        } else {
            String refusal = local
                    ? "This is for requests from this machine only. To let others log in, set"
                            + " SPRING_SECURITY_USER_PASSWORD.\n"
                    : "Nobody may do this: no user is configured, and this is not the management port.\n";
            http.requestCache(AbstractHttpConfigurer::disable);
            http.exceptionHandling(handling -> handling.authenticationEntryPoint((request, response, failure) -> {
                response.setStatus(HttpStatus.FORBIDDEN.value());
                response.setContentType(MediaType.TEXT_PLAIN_VALUE);
                response.getWriter().write(refusal);
            }));
        }
        return http.build();
    }

    private static void logins(HttpSecurity http) throws Exception {
        // A browser that is asked for basic credentials would remember them, and send them for any page.
        RequestMatcher pages = new MediaTypeRequestMatcher(MediaType.TEXT_HTML);
        RequestMatcher background =
                new AndRequestMatcher(SecurityConfiguration::isBrowser, new NegatedRequestMatcher(pages));
        http.exceptionHandling(handling -> handling.defaultAuthenticationEntryPointFor(
                        new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED), background))
                .formLogin(form -> form.defaultSuccessUrl(CONSOLE))
                .httpBasic(Customizer.withDefaults());
    }

    /** Before anyone is anonymous, requests that need no login get an operator's rights. */
    private static void trust(HttpSecurity http, RequestMatcher trusted) {
        http.addFilterBefore(new TrustFilter(trusted), AnonymousAuthenticationFilter.class);
    }

    private static boolean isManagementPort(HttpServletRequest request, Environment environment) {
        // Known only once the port is open: it may be any free one.
        String port = environment.getProperty("local.management.port");
        return port != null
                && !port.equals(environment.getProperty("local.server.port"))
                && port.equals(String.valueOf(request.getLocalPort()));
    }

    /**
     * Hawtio reads the token from the cookie, which Spring would write only when a page asks for the token: this handler
     * does so at once.
     */
    private static CsrfTokenRequestAttributeHandler eagerToken() {
        var handler = new CsrfTokenRequestAttributeHandler();
        handler.setCsrfRequestAttributeName(null);
        return handler;
    }

    /**
     * A forged request comes from a page in somebody's browser. Browsers name the page's origin on every request that
     * changes something, so what names none and carries no cookie is a script with credentials of its own.
     */
    private static boolean changesThroughBrowser(HttpServletRequest request) {
        boolean reads =
                switch (request.getMethod()) {
                    case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
                    default -> false;
                };
        return !reads && (isBrowser(request) || request.getCookies() != null);
    }

    private static boolean isBrowser(HttpServletRequest request) {
        return request.getHeader("Origin") != null || request.getHeader("Sec-Fetch-Site") != null;
    }
}
