package io.cioroutes.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Turns the exchange's {@link ApiRequest} into what camel-http sends: method, path, body, credentials; nothing else. */
final class HttpCall implements Processor {

    private final CustomerioProperties customerio;
    private final DeliveryMetrics metrics;

    HttpCall(CustomerioProperties customerio, DeliveryMetrics metrics) {
        this.customerio = customerio;
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
        message.setHeader("Authorization", request.isApp() ? bearer() : basic(customerio));
        message.setBody(request.body());
    }

    /** The value of {@code Authorization} for the Track API. */
    static String basic(CustomerioProperties customerio) {
        String pair = customerio.siteId() + ":" + customerio.trackApiKey();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private String bearer() {
        return "Bearer " + customerio.appApiKey();
    }
}
