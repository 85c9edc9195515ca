/**
 * The AMQP side of the service: which exchanges and queues exist ({@link io.cioroutes.broker.BrokerTopology}), how they
 * are declared, and the broker that the local profile brings along ({@link io.cioroutes.broker.EmbeddedBroker}).
 *
 * <p>Another package adds its own exchanges, queues and bindings by contributing a bean of type
 * {@link org.springframework.amqp.core.Declarables}, with RabbitMQ's arguments: they are declared together with the
 * topology here, and translated where the broker is the embedded one.
 */
package io.cioroutes.broker;
