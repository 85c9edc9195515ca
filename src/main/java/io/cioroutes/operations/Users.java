package io.cioroutes.operations;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** Who is at work, for the log. */
final class Users {

    private Users() {}

    /** The name of the user whose request this is. */
    static String current() {
        Authentication user = SecurityContextHolder.getContext().getAuthentication();
        return user == null ? "somebody on this machine" : user.getName();
    }
}
