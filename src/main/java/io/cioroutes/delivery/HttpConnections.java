package io.cioroutes.delivery;

import java.time.Duration;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/**
 * The connections to Customer.io. Camel's component cannot set what matters most here: a look at an idle connection
 * before it is used again. Without it a connection that the far end has dropped breaks a send, and nobody could say
 * whether the message went out.
 */
@Configuration(proxyBeanMethods = false)
class HttpConnections {

    @Bean
    HttpCalls customerioCalls(
            @Value("${cio.http.answer-limit}") DataSize answerLimit,
            @Value("${cio.http.response-timeout}") Duration responseTimeout) {
        return new HttpCalls(answerLimit.toBytes(), responseTimeout);
    }

    @Bean
    PoolingHttpClientConnectionManager customerioConnections(
            @Value("${cio.http.connect-timeout}") Duration connectTimeout,
            @Value("${cio.http.response-timeout}") Duration responseTimeout,
            @Value("${cio.http.validate-after}") Duration validateAfter,
            @Value("${cio.http.time-to-live}") Duration timeToLive,
            @Value("${cio.track.calls}") int trackCalls,
            @Value("${cio.transactional.calls}") int messageCalls) {
        int connections = trackCalls + messageCalls + 10;
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connectTimeout))
                        .setSocketTimeout(Timeout.of(responseTimeout))
                        .setValidateAfterInactivity(TimeValue.of(validateAfter))
                        .setTimeToLive(TimeValue.of(timeToLive))
                        .build())
                // Both APIs may be one host, behind a proxy: neither may take the other's connections.
                .setMaxConnPerRoute(connections)
                .setMaxConnTotal(2 * connections)
                .build();
    }
}
