package io.cioroutes.delivery;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * What a call to Customer.io needs and the HTTP client does not do by itself: it tells what failed before anything was
 * sent from what failed later, and it reads an answer only so far and only so long.
 */
final class HttpCalls implements HttpClientConfigurer {

    private static final String SENDING = "cio.sending";

    private final long maxBytes;
    private final Duration maxTime;

    /**
     * @param maxBytes what follows in an answer is not read
     * @param maxTime an answer must end so long after it began: the client's own limit is only for the next byte
     */
    HttpCalls(long maxBytes, Duration maxTime) {
        this.maxBytes = maxBytes;
        this.maxTime = maxTime;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.addExecInterceptorFirst("whole-call", this::call);
        builder.addExecInterceptorBefore(ChainElement.MAIN_TRANSPORT.name(), "sending", (request, scope, chain) -> {
            scope.clientContext.setAttribute(SENDING, true);
            return chain.proceed(request, scope);
        });
    }

    private ClassicHttpResponse call(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response;
        try {
            response = chain.proceed(request, scope);
        } catch (IOException e) {
            throw scope.clientContext.getAttribute(SENDING) == null ? new NotSentException(e) : e;
        }
        if (response.getEntity() != null) {
            var content = new Content(response.getEntity().getContent(), scope.execRuntime);
            response.setEntity(new LimitedEntity(response.getEntity(), content));
        }
        return response;
    }

    private static final class LimitedEntity extends HttpEntityWrapper {

        private final InputStream content;

        LimitedEntity(HttpEntity entity, InputStream content) {
            super(entity);
            this.content = content;
        }

        @Override
        public InputStream getContent() {
            return content;
        }
    }

    private final class Content extends FilterInputStream {

        private final ExecRuntime connection;
        private final long deadline = System.nanoTime() + maxTime.toNanos();
        private long left = maxBytes;
        private boolean cutOff;

        Content(InputStream content, ExecRuntime connection) {
            super(content);
            this.connection = connection;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (System.nanoTime() - deadline > 0) {
                cutOff();
                throw new SocketTimeoutException("the answer did not end within " + maxTime.toSeconds() + " s");
            }
            if (left == 0) {
                cutOff();
                return -1;
            }
            int read = super.read(buffer, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }

        /** Closing the content would read the rest of it, to use the connection again. */
        private void cutOff() {
            cutOff = true;
            connection.discardEndpoint();
        }

        @Override
        public void close() throws IOException {
            if (!cutOff) {
                super.close();
            }
        }
    }
}
