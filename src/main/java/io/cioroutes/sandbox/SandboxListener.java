package io.cioroutes.sandbox;

/**
 * Hears of what the sandbox accepted, in the order in which it was applied. Called on the request's thread while the
 * workspace is locked: return at once, and do slow work elsewhere.
 */
public interface SandboxListener {
    /** An event, page or screen was tracked; duplicates are not reported. */
    default void onEventAccepted(Activity event) {}

    /** A transactional message or a broadcast was accepted. */
    default void onMessageAccepted(Message message) {}

    /**
     * A person changed.
     *
     * @param person the person after the change; before it, for a deletion
     * @param change the activity that describes the change
     */
    default void onPersonChanged(Profile person, Activity change) {}
}
