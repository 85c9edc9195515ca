package io.cioroutes.webhook;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the webhook route for what the route cannot do: it bounds the body before anything reads it, hands its
 * exact bytes on whatever the content type says, bounds the number of requests in work, and answers 503 where the server
 * would answer 404 or 500 (the route stopped or not started yet, an error nobody expected): Customer.io waits an hour
 * after those two, and holds back every later event.
 *
 * <p>It gives a webhook to the route itself, past the filters of security and observation and past the dispatch by
 * annotations, which a request with a signature of its own has no use for: they took four fifths of the time.
 */
final class WebhookFilter implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookFilter.class);

    private final int maxBytes;
    private final Semaphore places;
    private final WebhookMetrics metrics;
    private final WebhookEngine engine;

    /**
     * @param maxBytes largest body in bytes
     * @param concurrency most requests in work at a time
     * @param metrics counts the answers
     * @param engine knows the route
     */
    WebhookFilter(int maxBytes, int concurrency, WebhookMetrics metrics, WebhookEngine engine) {
        this.maxBytes = maxBytes;
        this.places = new Semaphore(concurrency);
        this.metrics = metrics;
        this.engine = engine;
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse servletResponse, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        HttpServletResponse response = (HttpServletResponse) servletResponse;
        if (!"POST".equals(request.getMethod())) {
            chain.doFilter(request, response);
            return;
        }
        long begin = System.nanoTime();
        receive(request, response);
        // Not where the client has gone meanwhile: nothing was answered.
        metrics.answered(response.getStatus(), System.nanoTime() - begin);
    }

    private void receive(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getContentLengthLong() > maxBytes) {
            answer(response, HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
            return;
        }
        byte[] body = request.getInputStream().readNBytes(maxBytes + 1);
        if (body.length > maxBytes) {
            answer(response, HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
            return;
        }
        if (!places.tryAcquire()) {
            answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        try {
            if (!engine.serve(
                    WebhookConfiguration.PATH, new RawRequest(request, body), new SoftenedResponse(response))) {
                answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            }
        } catch (RuntimeException e) {
            LOG.error("A webhook could not be handled and was answered with 503", e);
            if (!response.isCommitted()) {
                answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            }
        } finally {
            places.release();
        }
    }

    private static void answer(HttpServletResponse response, int status) throws IOException {
        // No sendError: it would send the request through the server's error page.
        response.setStatus(status);
        response.setContentLength(0);
        response.flushBuffer();
    }

    /** Says 503 for "not found" and "internal error". */
    private static final class SoftenedResponse extends HttpServletResponseWrapper {
        SoftenedResponse(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void setStatus(int status) {
            super.setStatus(soften(status));
        }

        @Override
        public void sendError(int status) throws IOException {
            sendError(status, null);
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            // Nobody reads an error page, and a refused method needs none.
            answer((HttpServletResponse) getResponse(), soften(status));
        }

        private static int soften(int status) {
            return status == SC_NOT_FOUND || status == SC_INTERNAL_SERVER_ERROR ? SC_SERVICE_UNAVAILABLE : status;
        }
    }
}
