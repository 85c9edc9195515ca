package io.cioroutes.broker;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.AbstractConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads on which Spring's connections for publishing wait for late confirms. Spring waits on a channel that renews
 * itself, so that the wait ends in a failed connection when the broker is away, and in a closed channel when it comes
 * back: Spring's own threads die of it, with a stack trace on the console for each. It means nothing, since whoever published has been told already.
 */
final class PublisherThreads implements BeanPostProcessor, DisposableBean {
    private static final Logger LOG = LoggerFactory.getLogger(PublisherThreads.class);

    private final ExecutorService threads = Executors.newCachedThreadPool(threadFactory());

    private static CustomizableThreadFactory threadFactory() {
        CustomizableThreadFactory factory = new CustomizableThreadFactory("rabbit-publisher-") {
            @Override
            public Thread createThread(Runnable task) {
                Thread thread = super.createThread(task);
                thread.setUncaughtExceptionHandler(PublisherThreads::failed);
                return thread;
            }
        };
        factory.setDaemon(true);
        return factory;
    }

    private static void failed(Thread thread, Throwable failure) {
        if (failure instanceof AmqpException) {
            LOG.debug("Late confirms cannot come, their channel is gone: {}", failure.getMessage());
        } else {
            LOG.error("Waiting for confirms of the broker failed", failure);
        }
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof CachingConnectionFactory connections
                && connections.getPublisherConnectionFactory() instanceof AbstractConnectionFactory publishing) {
            publishing.setExecutor(threads);
        }
        return bean;
    }

    @Override
    public void destroy() {
        threads.shutdown();
    }
}
