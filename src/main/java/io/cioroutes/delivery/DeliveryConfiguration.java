package io.cioroutes.delivery;

import io.cioroutes.broker.FlowTopology;
import io.cioroutes.broker.RetrySteps;
import io.cioroutes.broker.Topology;
import io.cioroutes.command.CommandTranslator;
import io.cioroutes.command.CommandType;
import io.cioroutes.command.Operation;
import io.cioroutes.sends.SendStore;
import io.cioroutes.settings.SecretFiles;
import io.cioroutes.tracing.Tracing;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.processor.errorhandler.RedeliveryPolicy;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.ExpressionAdapter;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** The beans that the routes of {@code routes/commands} and {@code routes/delivery} name. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({DeliveryProperties.class, CustomerioProperties.class, BreakerProperties.class})
class DeliveryConfiguration {
    private static final int CONFIRM_THREADS = 4;

    @Bean
    InFlight inFlight() {
        return new InFlight();
    }

    @Bean
    CommandTranslator commandTranslator() {
        return new CommandTranslator();
    }

    /** What the routes look up by name and is no bean: one step per command, and the threads that make the calls. */
    @Bean
    CamelContextConfiguration deliveryRegistry(
            CommandTranslator translator,
            Seal seal,
            InFlight inFlight,
            Tracing tracing,
            @Value("${cio.track.calls}") int trackCalls,
            @Value("${cio.transactional.calls}") int messageCalls) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                // Calls under way have had their time before; what is left waits for a broker or an API that hangs.
                context.getExecutorServiceManager().setShutdownAwaitTermination(500);
                if (tracing.isOn()) {
                    context.getManagementStrategy().addEventNotifier(new CallTracer(tracing));
                }
                var registry = context.getRegistry();
                for (CommandType type : CommandType.values()) {
                    registry.bind(type.routingKey(), new CommandReceiver(type, translator, seal, inFlight, tracing));
                }
                registry.bind(RouteBeans.TRACK_CALLS, calls(context, "track-calls", trackCalls));
                registry.bind(RouteBeans.MESSAGE_CALLS, calls(context, "message-calls", messageCalls));
                registry.bind(RouteBeans.BROADCAST_CALLS, calls(context, "broadcast-calls", 1));
                registry.bind(RouteBeans.REDELIVERIES, redeliveries(context, "redeliveries"));
                registry.bind(RouteBeans.WEBHOOK_REDELIVERIES, redeliveries(context, "webhook-redeliveries"));
            }

            @Override
            public void afterApplicationStart(CamelContext context) {}
        };
    }

    /** One thread per call in flight. The queue needs no limit of its own: prefetch bounds what can wait in it. */
    private static ExecutorService calls(CamelContext context, String name, int threads) {
        var profile = new ThreadPoolProfile(name);
        profile.setPoolSize(threads);
        profile.setMaxPoolSize(threads);
        profile.setMaxQueueSize(-1);
        return context.getExecutorServiceManager().newThreadPool(context, name, profile);
    }

    /**
     * The threads on which messages wait for their next attempt; prefetch bounds how many. Camel's limit of 1,000 would refuse one more, which nobody
     * would settle before the next start: with little traffic each command of an outage is a batch of its own.
     */
    private static ScheduledExecutorService redeliveries(CamelContext context, String name) {
        var profile = new ThreadPoolProfile(name);
        profile.setPoolSize(2);
        profile.setMaxQueueSize(-1);
        return context.getExecutorServiceManager().newScheduledThreadPool(context, name, profile);
    }

    @Bean
    DeliveryPropertiesConverter deliveryPropertiesConverter() {
        return new DeliveryPropertiesConverter();
    }

    @Bean
    DeliveryMetrics deliveryMetrics(MeterRegistry registry, InFlight inFlight, Apis apis) {
        return new DeliveryMetrics(registry, inFlight, apis);
    }

    @Bean
    ConfirmedPublisher confirmedPublisher(ConnectionFactory connections, DeliveryProperties settings) {
        // What follows a confirm may call the broker or a database.
        return new ConfirmedPublisher(
                connections,
                "copies",
                settings.confirmTimeout(),
                Executors.newFixedThreadPool(CONFIRM_THREADS, new CustomizableThreadFactory("confirms-")));
    }

    @Bean
    CircuitBreakerRegistry circuitBreakerRegistry(BreakerProperties settings) {
        return CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                .slidingWindowSize(settings.window())
                .minimumNumberOfCalls(settings.minimumCalls())
                .failureRateThreshold(settings.failureRate())
                .waitDurationInOpenState(settings.probeInterval())
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(1)
                .build());
    }

    @Bean
    CircuitBreaker trackBreaker(CircuitBreakerRegistry registry) {
        return registry.circuitBreaker("track");
    }

    @Bean
    CircuitBreaker appBreaker(CircuitBreakerRegistry registry) {
        return registry.circuitBreaker("app");
    }

    @Bean
    Apis apis(CircuitBreaker trackBreaker, CircuitBreaker appBreaker) {
        return new Apis(new Api("Track API", trackBreaker), new Api("App API", appBreaker));
    }

    @Bean
    CustomerioHealth customerioHealthIndicator(Apis apis) {
        return new CustomerioHealth(apis);
    }

    /** Only where this instance uses the credentials. */
    @Bean
    @ConditionalOnProperty(name = "cio.role.commands", havingValue = "true", matchIfMissing = true)
    CredentialsHealth credentialsHealthIndicator(
            CustomerioProperties customerio,
            Credentials credentials,
            Apis apis,
            @Value("${cio.track.url}") String trackUrl,
            @Value("${cio.http.connect-timeout}") Duration connect,
            @Value("${cio.http.response-timeout}") Duration answer) {
        return new CredentialsHealth(customerio.region(), credentials, apis.track(), trackUrl, connect, answer);
    }

    /** Gauges {@code resilience4j.circuitbreaker.state} and the like, per breaker. */
    @Bean
    TaggedCircuitBreakerMetrics breakerMetrics(CircuitBreakerRegistry breakers) {
        return TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers);
    }

    @Bean
    Sends sends(@Value("${cio.transactional.retry-ambiguous}") boolean retryAmbiguous) {
        return new Sends(retryAmbiguous);
    }

    @Bean
    Predicate unrepeatable(Sends sends) {
        return exchange -> {
            ApiRequest request = ApiRequest.ofNullable(exchange);
            return request != null && sends.isUnrepeatable(request);
        };
    }

    @Bean
    Processor receive(Seal seal, InFlight inFlight, Tracing tracing, ObjectProvider<ProducerTemplate> routes) {
        return new FlowReceiver(seal, inFlight, tracing, routes::getObject);
    }

    @Bean
    Processor translate(CommandTranslator translator, DeliveryMetrics metrics) {
        return new FlowTranslator(translator, metrics);
    }

    /** A mapping that fails will fail again: it is the message, or the mapping, and a person must look. */
    @Bean
    Predicate notTranslated() {
        return exchange -> Commands.of(exchange).get(0).translation() == null;
    }

    @Bean
    Predicate isSend() {
        return exchange ->
                exchange.getMessage().getBody(Command.class).operation().kind() == Operation.Kind.SEND;
    }

    @Bean
    Predicate isBroadcast() {
        return exchange ->
                exchange.getMessage().getBody(Command.class).operation().kind() == Operation.Kind.BROADCAST;
    }

    @Bean
    FlowQueues flowQueues(FlowTopology flows, Topology topology) {
        return new FlowQueues(flows, topology);
    }

    @Bean
    Predicate goesAlone() {
        return exchange -> exchange.getMessage().getBody(Command.class).goesAlone();
    }

    @Bean
    Predicate severalCommands() {
        return exchange -> Commands.of(exchange).size() > 1;
    }

    @Bean
    Expression eachCommand() {
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(org.apache.camel.Exchange exchange) {
                return Commands.of(exchange);
            }
        };
    }

    /**
     * For the commands of a batch that are sent one by one in the batch's own error handling: Camel takes an error there
     * for a circle, and drops the command unsettled, as long as the exchange says that it comes from an error handler.
     */
    @Bean
    Processor outsideErrorHandler() {
        return exchange -> exchange.removeProperty(ExchangePropertyKey.FATAL_FALLBACK_ERROR_HANDLER);
    }

    @Bean
    TrackBatch trackBatch(DeliveryProperties settings) {
        return new TrackBatch(settings.batchOperations(), settings.batchBytes());
    }

    @Bean
    Processor requestOfOne() {
        return exchange ->
                ApiRequest.of(exchange.getMessage().getBody(Command.class)).attach(exchange);
    }

    @Bean
    Processor callGate(Apis apis, InFlight inFlight) {
        return new CallGate(apis, inFlight);
    }

    @Bean
    Credentials credentials(CustomerioProperties customerio, SecretFiles files, Environment environment) {
        return new Credentials(customerio, files, environment);
    }

    @Bean
    Processor httpCall(Credentials credentials, DeliveryMetrics metrics) {
        return new HttpCall(credentials, metrics);
    }

    @Bean
    Processor answerCheck(Apis apis, Sends sends, Credentials credentials) {
        return new AnswerCheck(apis, sends, credentials);
    }

    @Bean
    Processor settle(DeliveryMetrics metrics) {
        return new Settle(metrics);
    }

    @Bean
    SendOnce sendOnce(
            SendStore store,
            @Value("${cio.http.connect-timeout}") Duration connect,
            @Value("${cio.http.response-timeout}") Duration response) {
        return new SendOnce(store, connect.plus(response).plus(response));
    }

    @Bean
    Processor claimSend(SendOnce sendOnce) {
        return sendOnce::claim;
    }

    @Bean
    Processor sendAnswered(SendOnce sendOnce) {
        return sendOnce::answered;
    }

    /** For a message that was sent before. */
    @Bean
    Processor acknowledge(DeliveryMetrics metrics) {
        return exchange -> Commands.of(exchange).forEach(command -> {
            if (command.delivery().ack()) {
                metrics.repeated(command);
            }
        });
    }

    @Bean
    RetryPolicy retryPolicy(
            Apis apis, InFlight inFlight, SendOnce sendOnce, DeliveryProperties settings, DeliveryMetrics metrics) {
        return new RetryPolicy(apis, inFlight, sendOnce, settings, metrics);
    }

    /** Delays come from {@link RetryPolicy}; a waiting command blocks no thread. */
    @Bean
    RedeliveryPolicy quiet() {
        var policy = new RedeliveryPolicy();
        policy.setAsyncDelayedRedelivery(true);
        return silent(policy);
    }

    @Bean
    RedeliveryPolicy noRedelivery() {
        var policy = new RedeliveryPolicy();
        policy.setMaximumRedeliveries(0);
        return silent(policy);
    }

    private static RedeliveryPolicy silent(RedeliveryPolicy policy) {
        policy.setLogExhausted(false);
        policy.setLogStackTrace(false);
        policy.setLogRetryAttempted(false);
        return policy;
    }

    @Bean
    Seal seal(CustomerioProperties customerio) {
        return new Seal(customerio.siteId() + ":" + customerio.trackApiKey() + ":" + customerio.appApiKey());
    }

    @Bean
    Originals originals(Seal seal, FlowTopology flows) {
        return new Originals(seal, flows);
    }

    @Bean
    Park park(
            ConfirmedPublisher publisher,
            Apis apis,
            RetrySteps steps,
            DeliveryProperties settings,
            Seal seal,
            DeliveryMetrics metrics) {
        return new Park(publisher, apis, steps, settings.giveUpAfter(), seal, metrics);
    }

    @Bean
    Predicate timeIsOver(Park park) {
        return park;
    }

    @Bean
    DeadLetter deadLetter(ConfirmedPublisher publisher, SendOnce sendOnce, DeliveryMetrics metrics) {
        return new DeadLetter(publisher, sendOnce, metrics);
    }

    @Bean
    Reply reply(ConfirmedPublisher publisher, DeliveryProperties settings) {
        return new Reply(publisher, settings.replyTimeout());
    }

    @Bean
    Processor repeatCopy(Topology topology) {
        return new RepeatCopy(topology);
    }

    @Bean
    Drain drain(InFlight inFlight, DeliveryProperties settings) {
        return new Drain(inFlight, settings.drainTimeout());
    }
}
