package io.cioroutes.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/**
 * Halves the time that a process takes to start, of which these tests start many: the jar is unpacked by Spring Boot's own
 * tool and gets an archive of its loaded classes (CDS), once for each build.
 */
final class QuickStart {

    private static final Path JAR = Path.of(System.getProperty("cio.jar"));

    private static List<String> options;

    private QuickStart() {}

    /**
     * Options of {@code java} that run the service.
     *
     * @param trainingRun starts the service with such options, and ends it when it has started
     */
    static synchronized List<String> options(Path home, Function<List<String>, ServiceProcess> trainingRun) {
        if (options == null) {
            try {
                Files.createDirectories(home);
                Path unpacked = home.resolve("app-" + digest());
                Path archive = unpacked.resolve("classes.jsa");
                String jar = unpacked.resolve(JAR.getFileName()).toString();
                // Test classes run in two processes.
                try (FileChannel lock = FileChannel.open(
                                home.resolve("quick-start.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock alone = lock.lock()) {
                    if (alone.isValid() && !Files.exists(archive)) {
                        unpack(unpacked);
                        trainingRun
                                .apply(List.of("-XX:ArchiveClassesAtExit=" + archive, "-jar", jar))
                                .terminate();
                    }
                }
                options = List.of("-XX:SharedArchiveFile=" + archive, "-jar", jar);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return options;
    }

    private static void unpack(Path directory) throws IOException {
        try {
            int code = new ProcessBuilder(
                            ServiceProcess.JAVA,
                            "-Djarmode=tools",
                            "-jar",
                            JAR.toString(),
                            "extract",
                            "--force",
                            "--destination",
                            directory.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IOException("could not unpack " + JAR);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static String digest() throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(JAR));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
