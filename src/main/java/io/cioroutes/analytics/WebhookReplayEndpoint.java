package io.cioroutes.analytics;

import java.time.OffsetDateTime;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.lang.Nullable;

/** {@code POST /actuator/webhookreplay}: replays stored events to a queue. */
@Endpoint(id = "webhookreplay")
class WebhookReplayEndpoint {
    private final WebhookReplay replay;

    WebhookReplayEndpoint(WebhookReplay replay) {
        this.replay = replay;
    }

    /**
     * Replays.
     *
     * @param from event time of the first event, ISO 8601 with offset
     * @param to event time after the last event
     * @param queue the queue to send to
     * @param objectType only events of this object type
     * @param metric only events of this metric
     * @return {@code events}: how many were sent
     */
    @WriteOperation
    public Map<String, Long> replay(
            OffsetDateTime from, OffsetDateTime to, String queue, @Nullable String objectType, @Nullable String metric)
            throws Exception {
        try {
            EventSelection selection = new EventSelection(from.toInstant(), to.toInstant(), objectType, metric);
            return Map.of("events", replay.replay(selection, queue));
        } catch (IllegalArgumentException e) {
            throw new InvalidEndpointRequestException(e.getMessage(), e.getMessage());
        }
    }
}
