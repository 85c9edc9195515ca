package io.cioroutes.doctor;

import java.util.List;

/** Looks at one thing that the service depends on, and changes nothing. */
public interface Check {

    /** What it looks at, in a word; the area of its findings. */
    String area();

    /** What it finds, at least one finding. May take as long as the timeouts of what it asks. */
    List<Finding> findings();
}
