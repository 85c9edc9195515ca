package io.cioroutes.operations;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Users beside the first operator.
 *
 * @param operators in any order, none by default
 */
@ConfigurationProperties("cio")
record OperatorProperties(List<User> operators) {
    OperatorProperties {
        operators = operators == null ? List.of() : operators;
    }

    /**
     * A user.
     *
     * @param username to log in with
     * @param password hashed, with the name of the hash before it, for example <code>{bcrypt}$2b$10$…</code>
     * @param roles {@code operator} or {@code viewer}; one is enough, as an operator may see everything as well
     */
    record User(String username, String password, List<Role> roles) {}

    /** What a user may do. */
    enum Role {
        /** See everything but whole messages; change nothing. */
        VIEWER,
        /** See and do everything that the console offers. */
        OPERATOR
    }
}
