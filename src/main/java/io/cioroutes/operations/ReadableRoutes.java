package io.cioroutes.operations;

import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.management.DefaultManagementObjectStrategy;
import org.apache.camel.management.mbean.ManagedCamelContext;

/**
 * Shows routes to the console as their files say them. Camel copies the error handling that routes share into each of
 * them: Hawtio would draw some twenty boxes of it before a route's first step, and cannot draw a route that begins with
 * its own error handler at all, nor any route after that.
 */
final class ReadableRoutes extends DefaultManagementObjectStrategy {

    private static final Pattern ERROR_HANDLING =
            Pattern.compile("\\s*<(onException|errorHandler)[ >].*?</\\1>", Pattern.DOTALL);

    @Override
    public Object getManagedObjectForCamelContext(CamelContext context) {
        var managed = new WithoutErrorHandling(context);
        managed.init(context.getManagementStrategy());
        return managed;
    }

    /** Public, as JMX calls its methods. */
    public static final class WithoutErrorHandling extends ManagedCamelContext {

        WithoutErrorHandling(CamelContext context) {
            super(context);
        }

        @Override
        public String dumpRoutesAsXml(boolean resolvePlaceholders, boolean generatedIds, boolean sourceLocation)
                throws Exception {
            String routes = super.dumpRoutesAsXml(resolvePlaceholders, generatedIds, sourceLocation);
            return routes == null ? null : ERROR_HANDLING.matcher(routes).replaceAll("");
        }
    }
}
