package io.cioroutes.broker;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.amqp.core.Queue;

/**
 * Says RabbitMQ's queue arguments in the terms of Apache Qpid Broker-J, which takes its own queue attributes by name
 * and would otherwise ignore the {@code x-…} arguments: no dead letters and no delays.
 */
final class QpidArguments {
    private QpidArguments() {}

    /** The same queue, with arguments that Qpid understands. */
    static Queue translate(Queue queue) {
        return new Queue(
                queue.getName(),
                queue.isDurable(),
                queue.isExclusive(),
                queue.isAutoDelete(),
                translate(queue.getName(), queue.getArguments()));
    }

    /**
     * Translates the arguments of one queue. What has no equivalent and is not needed on a broker for one machine
     * (replication, delivery limit, dead-letter strategy) is left out.
     *
     * @param queue the queue's name, for error messages
     * @param arguments RabbitMQ's arguments
     * @return Qpid's arguments
     * @throws IllegalArgumentException if Qpid cannot do what the arguments ask for
     */
    static Map<String, Object> translate(String queue, Map<String, Object> arguments) {
        Map<String, Object> translated = new LinkedHashMap<>();
        if ("quorum".equals(arguments.get("x-queue-type"))) {
            // A quorum queue keeps every message, also those that were published as not persistent.
            translated.put("messageDurability", "ALWAYS");
        }
        Object exchange = arguments.get("x-dead-letter-exchange");
        Object routingKey = arguments.get("x-dead-letter-routing-key");
        if (exchange != null) {
            translated.put("alternateBinding", Map.of("destination", destination(queue, exchange, routingKey)));
            // Without these, Qpid requeues what is rejected and deletes what expires.
            translated.put("maximumDeliveryAttempts", 1);
            translated.put("expiryPolicy", "ROUTE_TO_ALTERNATE");
        }
        if (arguments.get("x-message-ttl") instanceof Number ttl) {
            translated.put("maximumMessageTtl", ttl.longValue());
        }
        if (arguments.get("x-max-length") instanceof Number length) {
            translated.put("maximumQueueDepthMessages", length.longValue());
            translated.put("overflowPolicy", "reject-publish".equals(arguments.get("x-overflow")) ? "REJECT" : "RING");
        }
        if (Boolean.TRUE.equals(arguments.get("x-single-active-consumer"))) {
            translated.put("x-single-active-consumer", true);
        }
        return translated;
    }

    private static Object destination(String queue, Object exchange, Object routingKey) {
        if ("".equals(exchange)) {
            if (routingKey == null) {
                throw new IllegalArgumentException("Queue " + queue
                        + " dead-letters to the default exchange without x-dead-letter-routing-key: name the queue.");
            }
            return routingKey;
        }
        if (routingKey != null) {
            throw new IllegalArgumentException("Queue " + queue + " dead-letters to exchange " + exchange
                    + " with a changed routing key, which the embedded broker cannot do:"
                    + " leave x-dead-letter-routing-key out, or dead-letter to a queue through the default exchange.");
        }
        return exchange;
    }
}
