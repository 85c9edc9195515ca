package io.cioroutes.sandbox;

import java.util.List;

/** A broadcast that was triggered: its times in unix seconds and the errors found in its audience. */
record Trigger(long id, long broadcastId, long createdAt, long processedAt, List<String> errors) {}
