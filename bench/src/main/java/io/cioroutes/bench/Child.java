package io.cioroutes.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that was started here, what it used of the machine, and its end. Linux only: it reads {@code /proc}. */
final class Child implements AutoCloseable {
    /** Linux counts CPU time in hundredths of a second, whatever the kernel's own clock (USER_HZ). */
    private static final double TICKS = 100;

    private final Process process;
    private final Path log;
    private final long begin = System.nanoTime();
    private final Map<Long, Double> used = new HashMap<>();
    private final Map<Long, Double> peaks = new HashMap<>();

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** Starts a command; what it prints goes to the file. */
    static Child start(Path directory, Map<String, String> environment, Path log, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Child(builder.start(), log);
    }

    /** Starts a command and returns the first line that it prints. */
    static String firstLine(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
    }

    /** Wraps a process that was started elsewhere. */
    static Child of(Process process) {
        return new Child(process, null);
    }

    long pid() {
        return process.pid();
    }

    /** Waits until the log contains the text. @return seconds since the start of the process */
    double await(String text, Duration patience) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!log().contains(text)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("No '" + text + "' in " + log);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end. @return the exit code */
    int awaitExit() throws InterruptedException {
        return process.waitFor();
    }

    /** CPU seconds of the process and its children so far, with what those used that have ended. */
    double cpuSeconds() {
        look();
        return used.values().stream().mapToDouble(d -> d).sum();
    }

    /** Greatest resident memory of the process and its children, MB. */
    double peakMegabytes() {
        look();
        return peaks.values().stream().mapToDouble(d -> d).sum();
    }

    private void look() {
        List<Long> pids = new ArrayList<>(List.of(process.pid()));
        process.descendants().forEach(child -> pids.add(child.pid()));
        for (long pid : pids) {
            double cpu = cpuSeconds(pid);
            if (cpu > 0) {
                used.put(pid, cpu);
            }
            double peak = peakMegabytes(pid);
            if (peak > 0) {
                peaks.put(pid, peak);
            }
        }
    }

    /** CPU seconds of one process by its number; 0 if there is none. */
    static double cpuSeconds(long pid) {
        String[] fields = stat(pid);
        return fields == null ? 0 : (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    }

    private static String[] stat(long pid) {
        try {
            String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return text.substring(text.lastIndexOf(')') + 2).split(" ");
        } catch (IOException gone) {
            return null;
        }
    }

    private static double peakMegabytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException | java.io.UncheckedIOException gone) {
            return 0;
        }
    }

    /** CPU seconds of everything on this machine, idle time left out. */
    static double cpuSecondsOfAll() throws IOException {
        String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+");
        double sum = 0;
        for (int i = 1; i < 9; i++) {
            // 4: idle, 5: waiting for input or output.
            sum += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]);
        }
        return sum / TICKS;
    }

    /** SIGTERM, and SIGKILL after half a minute. */
    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        children.forEach(ProcessHandle::destroy);
    }
}
