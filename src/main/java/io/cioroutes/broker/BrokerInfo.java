package io.cioroutes.broker;

/**
 * Which broker the service works with.
 *
 * @param embedded whether it is the broker that the local profile brings along
 * @param host host name or address; the first configured one until a connection was made
 * @param port port, likewise
 * @param virtualHost virtual host, {@code /} by default
 * @param product what the broker calls itself, for example {@code RabbitMQ}; empty until a connection was made
 * @param version its version; empty until a connection was made
 */
public record BrokerInfo(boolean embedded, String host, int port, String virtualHost, String product, String version) {
    /** One line for banner, logs and health, for example {@code RabbitMQ 3.10.8 at localhost:5672, virtual host /}. */
    @Override
    public String toString() {
        String name = product.isEmpty() ? "broker" : version.isEmpty() ? product : product + " " + version;
        return "%s%s at %s:%d, virtual host %s".formatted(embedded ? "embedded " : "", name, host, port, virtualHost);
    }
}
