package io.cioroutes.analytics;

/** A store that events can be read from again. */
interface EventSource {
    /**
     * Reads each selected event once, in the order in which the events happened.
     *
     * @throws Exception what the store or the reader throws
     */
    void read(EventSelection selection, Reader reader) throws Exception;

    /** Takes the events. */
    @FunctionalInterface
    interface Reader {
        void accept(StoredEvent event) throws Exception;
    }
}
