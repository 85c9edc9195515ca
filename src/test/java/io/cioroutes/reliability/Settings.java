package io.cioroutes.reliability;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Settings of the service that the scenarios share; what takes minutes in production takes seconds here. */
final class Settings {

    /** Delays of the retry queues. */
    static final String RETRY_DELAYS = "1s,2s";
    /** Unacknowledged messages of one queue at most. */
    static final int PREFETCH = 200;
    /** The same of transactional messages. */
    static final int SENDS_PREFETCH = 50;

    private Settings() {}

    /** A free port that the system gives to no outgoing connection, so that it stays free while its server is away. */
    static int port() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                continue;
            }
        }
    }

    /**
     * The settings, to be added to.
     *
     * @param broker Spring's settings of the broker
     * @param customerio where Customer.io is
     */
    static Map<String, String> of(Map<String, String> broker, URI customerio) {
        Map<String, String> settings = new LinkedHashMap<>(broker);
        settings.put("cio.customerio.track-url", customerio.toString());
        settings.put("cio.customerio.app-url", customerio.toString());
        settings.put("cio.customerio.site-id", "site");
        settings.put("cio.customerio.track-api-key", "track-key");
        settings.put("cio.customerio.app-api-key", "app-key");
        settings.put("cio.roles", "commands");
        settings.put("cio.prefetch.identify", String.valueOf(PREFETCH));
        settings.put("cio.prefetch.track", String.valueOf(PREFETCH));
        settings.put("cio.prefetch.transactional", String.valueOf(SENDS_PREFETCH));
        settings.put("cio.transactional.rate-requests", "1000");
        settings.put("cio.delivery.first-delay", "300ms");
        settings.put("cio.retry.delays", RETRY_DELAYS);
        // Tests count requests.
        settings.put("cio.observe.credentials-delay", "1h");
        return settings;
    }
}
