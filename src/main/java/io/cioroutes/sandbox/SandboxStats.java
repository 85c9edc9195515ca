package io.cioroutes.sandbox;

import java.time.Instant;
import java.util.Map;

/**
 * What the sandbox counted since its start or its last reset.
 *
 * @param since start of the count
 * @param requests API requests received
 * @param operations operations accepted: each item of a batch is one
 * @param refused requests refused, and items of batches refused
 * @param people people created
 * @param changes changes to people
 * @param events events tracked, duplicates left out
 * @param duplicateEvents events left out because their id had been seen
 * @param messages transactional sends and broadcasts accepted
 * @param endpoints counts for each method and path
 * @param operationsByKind accepted operations for each kind, such as {@code person event}
 * @param sequence the values of the integer field {@code seq}, at any depth of accepted operations
 */
public record SandboxStats(
        Instant since,
        long requests,
        long operations,
        long refused,
        long people,
        long changes,
        long events,
        long duplicateEvents,
        long messages,
        Map<String, Endpoint> endpoints,
        Map<String, Long> operationsByKind,
        Sequence sequence) {

    /**
     * Counts of one endpoint.
     *
     * @param requests requests received
     * @param succeeded of these, answered with 2xx
     * @param failed of these, answered with anything else or not at all
     */
    public record Endpoint(long requests, long succeeded, long failed) {}

    /**
     * What was seen of a numbering.
     *
     * @param min least value, null where none was seen
     * @param max greatest value, null where none was seen
     * @param distinct different values
     * @param duplicates operations with a value that had been seen before
     * @param missing values between {@code min} and {@code max} that were not seen
     * @param outside values below 0 or from 10,000,000, which are not followed
     */
    public record Sequence(Integer min, Integer max, long distinct, long duplicates, long missing, long outside) {}

    /**
     * Traffic in one second.
     *
     * @param at unix seconds
     * @param requests requests received
     * @param operations operations accepted
     */
    public record Second(long at, long requests, long operations) {}
}
