package io.cioroutes.routes;

import java.util.Optional;
import java.util.Set;

/** What routes may refer to beside each other. */
public interface Surroundings {

    /** The beans that a route can name. */
    Set<String> beans();

    /** The value of a property, for placeholders. */
    Optional<String> property(String name);
}
