package io.cioroutes.broker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certificate that nobody knows, for {@code localhost} and no other name, and its key, made by the JDK's keytool.
 *
 * @param certificate PEM
 * @param key PEM, PKCS #8
 * @param trustStore PKCS #12 with the certificate, password {@value #PASSWORD}
 */
public record TestCertificate(Path certificate, Path key, Path trustStore) {
    public static final String PASSWORD = "changeit";

    /** Makes one. */
    public static TestCertificate make(Path directory) throws Exception {
        Files.createDirectories(directory);
        Path keys = directory.resolve("keys.p12");
        TestCertificate made = new TestCertificate(
                directory.resolve("certificate.pem"), directory.resolve("key.pem"), directory.resolve("trust.p12"));
        keytool(
                keys,
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-validity",
                "2");
        keytool(keys, "-exportcert", "-rfc", "-alias", "broker", "-file", made.certificate.toString());
        keytool(made.trustStore, "-importcert", "-noprompt", "-alias", "broker", "-file", made.certificate.toString());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(keys)) {
            store.load(file, PASSWORD.toCharArray());
        }
        Files.writeString(
                made.key,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(store.getKey("broker", PASSWORD.toCharArray())
                                        .getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        return made;
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
    }
}
