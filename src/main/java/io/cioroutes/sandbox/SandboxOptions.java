package io.cioroutes.sandbox;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the sandbox, bound from {@code cio.sandbox.*}.
 *
 * @param port TCP port on 127.0.0.1; where it is taken, and for 0, a free one is used
 * @param threads threads that answer requests
 * @param region the region that {@code GET /api/v1/accounts/region} names, {@code us} or {@code eu}
 * @param siteId user of the Track API's Basic login; empty: any login is accepted, a missing one is not
 * @param trackApiKey password of the Track API's Basic login; empty as above
 * @param appApiKey bearer token of the App API; empty as above
 * @param broadcastInterval least time between two broadcast triggers; the API documents 10 s. Zero: no limit
 * @param maxPeople people kept; the one that changed longest ago is forgotten first
 * @param maxActivities events and changes kept; the oldest is forgotten first
 * @param maxMessages messages kept; the oldest is forgotten first
 * @param maxEventIds event ids remembered for removing duplicates; the oldest is forgotten first
 * @param maxRequests requests recorded; the oldest is forgotten first
 * @param maxRequestBytes bodies recorded, together; the oldest is forgotten first
 */
public record SandboxOptions(
        @DefaultValue("8090") int port,
        @DefaultValue("32") int threads,
        @DefaultValue("us") String region,
        @DefaultValue("") String siteId,
        @DefaultValue("") String trackApiKey,
        @DefaultValue("") String appApiKey,
        @DefaultValue("10s") Duration broadcastInterval,
        @DefaultValue("20000") int maxPeople,
        @DefaultValue("20000") int maxActivities,
        @DefaultValue("5000") int maxMessages,
        @DefaultValue("200000") int maxEventIds,
        @DefaultValue("2000") int maxRequests,
        @DefaultValue("16MB") DataSize maxRequestBytes) {

    /** The settings as shipped. */
    public static SandboxOptions defaults() {
        return new Binder().bindOrCreate("cio.sandbox", Bindable.of(SandboxOptions.class));
    }

    /** The same with another port; 0 for a free one. */
    public SandboxOptions withPort(int newPort) {
        return new SandboxOptions(
                newPort,
                threads,
                region,
                siteId,
                trackApiKey,
                appApiKey,
                broadcastInterval,
                maxPeople,
                maxActivities,
                maxMessages,
                maxEventIds,
                maxRequests,
                maxRequestBytes);
    }

    /** The same, but only these credentials are accepted. */
    public SandboxOptions withCredentials(String newSiteId, String newTrackApiKey, String newAppApiKey) {
        return new SandboxOptions(
                port,
                threads,
                region,
                newSiteId,
                newTrackApiKey,
                newAppApiKey,
                broadcastInterval,
                maxPeople,
                maxActivities,
                maxMessages,
                maxEventIds,
                maxRequests,
                maxRequestBytes);
    }

    /** The same with another least time between two broadcasts; zero for no limit. */
    public SandboxOptions withBroadcastInterval(Duration interval) {
        return new SandboxOptions(
                port,
                threads,
                region,
                siteId,
                trackApiKey,
                appApiKey,
                interval,
                maxPeople,
                maxActivities,
                maxMessages,
                maxEventIds,
                maxRequests,
                maxRequestBytes);
    }

    /** The same with other bounds on what is kept. */
    public SandboxOptions withBounds(int people, int activities, int messages, int requests, DataSize requestBytes) {
        return new SandboxOptions(
                port,
                threads,
                region,
                siteId,
                trackApiKey,
                appApiKey,
                broadcastInterval,
                people,
                activities,
                messages,
                maxEventIds,
                requests,
                requestBytes);
    }
}
