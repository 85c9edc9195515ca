package io.cioroutes.delivery;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Turns the exchange's {@link ApiRequest} into what camel-http sends: method, path, body, credentials; nothing else. */
final class HttpCall implements Processor {

    private final Credentials credentials;
    private final DeliveryMetrics metrics;

    HttpCall(Credentials credentials, DeliveryMetrics metrics) {
        this.credentials = credentials;
        this.metrics = metrics;
    }

    @Override
    public void process(Exchange exchange) {
        ApiRequest request = ApiRequest.of(exchange);
        metrics.request(request);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, request.method());
        message.setHeader(Exchange.HTTP_PATH, request.path());
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("Authorization", request.isApp() ? credentials.bearer() : credentials.basic());
        message.setBody(request.body());
    }
}
