package io.cioroutes.tracing;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.HashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Switches tracing on where an OTLP endpoint is set. The settings are OpenTelemetry's own ({@code OTEL_*}), as environment
 * variables or as properties {@code otel.*}.
 */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

    /** Ends, and so exports what is left, after everything that makes spans. */
    @Bean
    @Conditional(WithEndpoint.class)
    OpenTelemetrySdk openTelemetrySdk(Environment environment) {
        Map<String, String> properties = new HashMap<>();
        Binder.get(environment)
                .bind("otel", Bindable.mapOf(String.class, String.class))
                .ifBound(settings -> settings.forEach((name, value) -> properties.put("otel." + name, value)));
        return AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook()
                .addPropertiesSupplier(() -> properties)
                .build()
                .getOpenTelemetrySdk();
    }

    @Bean
    Tracing tracing(ObjectProvider<OpenTelemetrySdk> telemetry) {
        OpenTelemetrySdk sdk = telemetry.getIfAvailable();
        return sdk == null ? Tracing.off() : Tracing.on(sdk);
    }

    static class WithEndpoint implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            Environment environment = context.getEnvironment();
            return !environment.getProperty("otel.sdk.disabled", Boolean.class, false)
                    && (StringUtils.hasText(environment.getProperty("otel.exporter.otlp.endpoint"))
                            || StringUtils.hasText(environment.getProperty("otel.exporter.otlp.traces.endpoint")));
        }
    }
}
