package io.cioroutes.webhook;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
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
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the webhook route for what the route cannot do: it bounds the body before anything reads it, hands its
 * exact bytes on whatever the content type says, bounds the number of requests in work, and answers 503 where the server
 * would answer 404 or 500 (the route stopped or not started yet, an error nobody expected): Customer.io waits an hour
 * after those two, and holds back every later event.
 */
final class WebhookFilter implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookFilter.class);

    private final int maxBytes;
    private final Semaphore places;
    private final WebhookMetrics metrics;

    /**
     * @param maxBytes largest body in bytes
     * @param concurrency most requests in work at a time
     * @param metrics counts the answers
     */
    WebhookFilter(int maxBytes, int concurrency, WebhookMetrics metrics) {
        this.maxBytes = maxBytes;
        this.places = new Semaphore(concurrency);
        this.metrics = metrics;
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
        Runnable answered = () -> metrics.answered(response.getStatus(), System.nanoTime() - begin);
        if (request.getContentLengthLong() > maxBytes) {
            answer(response, HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
            answered.run();
            return;
        }
        byte[] body = request.getInputStream().readNBytes(maxBytes + 1);
        if (body.length > maxBytes) {
            answer(response, HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
            answered.run();
            return;
        }
        if (!places.tryAcquire()) {
            answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            answered.run();
            return;
        }
        Runnable leave = once(() -> {
            places.release();
            answered.run();
        });
        work(new RawRequest(request, body), new SoftenedResponse(response), chain, leave);
    }

    private static void work(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, Runnable leave)
            throws IOException {
        try {
            chain.doFilter(request, response);
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(new OnCompletion(leave));
                return;
            }
        } catch (ServletException | RuntimeException e) {
            LOG.error("A webhook could not be handled and was answered with 503", e);
            if (!response.isCommitted()) {
                answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            }
        }
        leave.run();
    }

    private static void answer(HttpServletResponse response, int status) throws IOException {
        // No sendError: it would send the request through the server's error page.
        response.setStatus(status);
        response.setContentLength(0);
        response.flushBuffer();
    }

    private static Runnable once(Runnable task) {
        AtomicBoolean done = new AtomicBoolean();
        return () -> {
            if (done.compareAndSet(false, true)) {
                task.run();
            }
        };
    }

    private record OnCompletion(Runnable task) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            task.run();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // Completion follows.
        }

        @Override
        public void onError(AsyncEvent event) {
            // Completion follows.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
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
