package io.cioroutes.deploy;

import com.google.protobuf.CodedOutputStream;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Stands in for the Google provider where Terraform only needs its schema: for {@code terraform validate}, and for
 * {@code terraform test} with mocks. Speaks Terraform's plugin protocol 6, as far as these two use it.
 */
final class StandInProvider implements AutoCloseable {

    private static final byte[] NOTHING = {};

    private final Server server;

    StandInProvider(ProviderSchema schema) {
        byte[] encoded = providerSchema(schema);
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder("tfplugin6.Provider");
        answer(service, "GetProviderSchema", () -> encoded);
        // No diagnostics: Terraform itself has checked the configuration against the schema.
        for (String method : List.of(
                "ValidateProviderConfig", "ValidateResourceConfig", "ValidateDataResourceConfig", "StopProvider")) {
            answer(service, method, () -> NOTHING);
        }
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(service.build())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of {@code TF_REATTACH_PROVIDERS} that makes Terraform use this in place of a provider of its own. */
    String reattach() {
        return """
                {"%s": {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": %d, "Test": true,
                  "Addr": {"Network": "tcp", "String": "127.0.0.1:%d"}}}"""
                .formatted(ProviderSchema.ADDRESS, ProcessHandle.current().pid(), server.getPort());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static void answer(ServerServiceDefinition.Builder service, String method, Supplier<byte[]> answer) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName("tfplugin6.Provider/" + method)
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
        service.addMethod(descriptor, ServerCalls.asyncUnaryCall((request, responses) -> {
            responses.onNext(answer.get());
            responses.onCompleted();
        }));
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    // The messages of tfplugin6.proto, by field number.

    private static byte[] providerSchema(ProviderSchema schema) {
        return message(out -> {
            out.writeByteArray(1, schema(schema.provider()));
            writeAll(out, 2, schema.resources());
            writeAll(out, 3, schema.dataSources());
        });
    }

    private static void writeAll(CodedOutputStream out, int field, Map<String, ProviderSchema.Schema> schemas)
            throws IOException {
        for (Map.Entry<String, ProviderSchema.Schema> entry : schemas.entrySet()) {
            out.writeByteArray(field, message(pair -> {
                pair.writeString(1, entry.getKey());
                pair.writeByteArray(2, schema(entry.getValue()));
            }));
        }
    }

    private static byte[] schema(ProviderSchema.Schema schema) {
        return message(out -> out.writeByteArray(2, block(schema.block())));
    }

    private static byte[] block(ProviderSchema.Block block) {
        return message(out -> {
            for (Map.Entry<String, ProviderSchema.Attribute> entry :
                    block.attributes().entrySet()) {
                ProviderSchema.Attribute attribute = entry.getValue();
                out.writeByteArray(2, message(field -> {
                    field.writeString(1, entry.getKey());
                    field.writeByteArray(2, attribute.type().toString().getBytes(StandardCharsets.UTF_8));
                    field.writeBool(4, attribute.required());
                    field.writeBool(5, attribute.optional());
                    field.writeBool(6, attribute.computed());
                }));
            }
            for (Map.Entry<String, ProviderSchema.Nested> entry : block.blocks().entrySet()) {
                ProviderSchema.Nested nested = entry.getValue();
                out.writeByteArray(3, message(field -> {
                    field.writeString(1, entry.getKey());
                    field.writeByteArray(2, block(nested.block()));
                    field.writeEnum(
                            3, List.of("invalid", "single", "list", "set").indexOf(nested.nesting()));
                    field.writeInt64(4, nested.minimum());
                    field.writeInt64(5, nested.maximum());
                }));
            }
        });
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
