package io.cioroutes.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Collects the figures, and writes them as JSON, as a table and as a plot. */
final class Report {
    private static final List<String> EXACT = List.of("lost", "duplicates", "left", "refused");

    private final Map<String, List<Map<String, Object>>> measured = new LinkedHashMap<>();
    private final Map<String, String> skipped = new TreeMap<>();

    /** What is compared, by the goals: a ratio of two medians. */
    private record Ratio(String what, String name, String figure, String other, String otherFigure, String goal) {}

    private static final List<Ratio> RATIOS = List.of(
            ratio("drain, 0 ms : reference", "drain, 0 ms", "reference published, 0 ms", ">= 3"),
            ratio("drain, 0 ms : raw, classic queue", "drain, 0 ms", "broker, classic queue drained by perf-test", ">= 0.75"),
            ratio("drain, 0 ms : raw, quorum queue", "drain, 0 ms", "broker, quorum queue drained by perf-test", ">= 0.75"),
            ratio("drain, 20 ms : reference", "drain, 20 ms", "reference published, 20 ms", ">= 10"),
            ratio("drain, 20 ms : reference tuned", "drain, 20 ms", "reference tuned, 20 ms", ">= 5"),
            ratio("drain, 20 ms : 0 ms", "drain, 20 ms", "drain, 0 ms", ">= 0.9"),
            ratio("drain, 100 ms : 0 ms", "drain, 100 ms", "drain, 0 ms", ">= 0.7"),
            new Ratio("CPU, 0 ms : reference", "drain, 0 ms", "cpuPer1000", "reference published, 0 ms", "cpuPer1000", "<= 0.2"),
            new Ratio("CPU, 20 ms : reference", "drain, 20 ms", "cpuPer1000", "reference published, 20 ms", "cpuPer1000", "<= 0.2"),
            new Ratio("time, twice the messages", "drain of 200 %, 0 ms", "seconds", "drain, 0 ms", "seconds", "<= 2.1"),
            new Ratio("memory, twice the messages", "drain of 200 %, 0 ms", "peakMb", "drain, 0 ms", "peakMb", "~ 1"),
            ratio("sends, 20 in flight : 5", "sends, 20 ms, 20 in flight", "sends, 20 ms, 5 in flight", ">= 4"),
            ratio("webhooks : broker's confirms", "webhooks, 50 connections", "broker, 50 unconfirmed by perf-test", ">= 0.6"));

    private static Ratio ratio(String what, String name, String other, String goal) {
        return new Ratio(what, name, "perSecond", other, "perSecond", goal);
    }

    void add(String name, Map<String, Object> figures) {
        measured.computeIfAbsent(name, ignored -> new ArrayList<>()).add(figures);
        System.out.println("  " + name + ": " + line(figures));
    }

    void skip(String what, String why) {
        skipped.put(what, why);
        System.out.println("  SKIPPED: " + what + ": " + why);
    }

    void clear() {
        measured.clear();
    }

    /** Nothing lost, nothing sent twice. */
    boolean isSound() {
        return measured.values().stream()
                .flatMap(List::stream)
                .allMatch(figures -> EXACT.stream()
                        .allMatch(name -> ((Number) figures.getOrDefault(name, 0)).doubleValue() == 0));
    }

    void write(Path directory, int runs) throws IOException {
        Files.createDirectories(directory);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine());
        all.put("runs", runs);
        all.put("skipped", skipped);
        all.put("measured", measured);
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve("results.json").toFile(), all);
        String table = table(runs);
        Files.writeString(directory.resolve("results.md"), table);
        Files.writeString(directory.resolve("rates.svg"), plot());
        System.out.println("\n" + table);
    }

    private static Map<String, Object> machine() throws IOException {
        Map<String, Object> machine = new LinkedHashMap<>();
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            machine.put(
                    "processor",
                    lines.filter(line -> line.startsWith("model name"))
                            .map(line -> line.substring(line.indexOf(':') + 2))
                            .findFirst()
                            .orElse(System.getProperty("os.arch")));
        }
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        machine.put("load", Files.readString(Path.of("/proc/loadavg")).trim());
        machine.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return machine;
    }

    private String table(int runs) throws IOException {
        StringBuilder text = new StringBuilder();
        machine().forEach((name, value) -> text.append(name).append(": ").append(value).append("  \n"));
        text.append("\nMedians of ").append(runs).append(", in brackets the least and the greatest.\n\n");
        text.append("| measured | a second | warm | p50 ms | p99 ms | CPU s per 1,000 | warm | peak MB | s | broker's CPU s per 1,000"
                + " | stub, share of a core | others, share of a core | lost | doubled |\n");
        text.append("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        measured.forEach((name, list) -> {
            text.append("| ").append(name);
            for (String figure : List.of(
                    "perSecond",
                    "perSecondWarm",
                    "p50Millis",
                    "p99Millis",
                    "cpuPer1000",
                    "cpuPer1000Warm",
                    "peakMb",
                    "seconds",
                    "brokerCpuPer1000",
                    "stubShareOfCore",
                    "othersShareOfCore",
                    "lost",
                    "duplicates")) {
                text.append(" | ").append(cell(list, figure));
            }
            text.append(" |\n");
        });
        text.append("\n| compared | ratio | goal |\n|---|--:|--:|\n");
        for (Ratio ratio : RATIOS) {
            double a = median(ratio.name(), ratio.figure());
            double b = median(ratio.other(), ratio.otherFigure());
            if (a > 0 && b > 0) {
                text.append("| ")
                        .append(ratio.what())
                        .append(" | ")
                        .append(number(a / b))
                        .append(" | ")
                        .append(ratio.goal())
                        .append(" |\n");
            }
        }
        skipped.forEach((what, why) -> text.append("\nSkipped: ").append(what).append(", ").append(why).append("\n"));
        return text.toString();
    }

    private String cell(List<Map<String, Object>> list, String figure) {
        double[] sorted = values(list, figure);
        if (sorted.length == 0) {
            return "";
        }
        String middle = number(sorted[sorted.length / 2]);
        return sorted.length == 1 || EXACT.contains(figure)
                ? number(sorted[sorted.length - 1])
                : middle + " (" + number(sorted[0]) + " to " + number(sorted[sorted.length - 1]) + ")";
    }

    private double median(String name, String figure) {
        double[] sorted = values(measured.getOrDefault(name, List.of()), figure);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    private static double[] values(List<Map<String, Object>> list, String figure) {
        return list.stream()
                .filter(figures -> figures.containsKey(figure))
                .mapToDouble(figures -> ((Number) figures.get(figure)).doubleValue())
                .sorted()
                .toArray();
    }

    private static String line(Map<String, Object> figures) {
        List<String> parts = new ArrayList<>();
        figures.forEach((name, value) -> parts.add(name + " " + number(((Number) value).doubleValue())));
        return String.join(", ", parts);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 || value == Math.rint(value) ? "%,.0f" : value >= 1 ? "%.1f" : "%.3f", value);
    }

    /** Bars of what has a rate, the medians. */
    private String plot() {
        List<String> names = measured.keySet().stream()
                .filter(name -> median(name, "perSecond") > 0)
                .toList();
        double most = names.stream().mapToDouble(name -> median(name, "perSecond")).max().orElse(1);
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 %d\" font-family=\"sans-serif\" font-size=\"13\">%n",
                30 + 26 * names.size()));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n")
                .append("<text x=\"300\" y=\"18\" font-weight=\"bold\">a second</text>\n");
        for (int i = 0; i < names.size(); i++) {
            double value = median(names.get(i), "perSecond");
            int y = 30 + 26 * i;
            double width = 470 * value / most;
            String colour = names.get(i).startsWith("reference") ? "#c0504d" : names.get(i).startsWith("broker") ? "#7f7f7f" : "#2f6fb5";
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"290\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"300\" y=\"%d\" width=\"%.1f\" height=\"18\""
                            + " fill=\"%s\"/><text x=\"%.1f\" y=\"%d\">%,.0f</text>%n",
                    y + 14, names.get(i), y, width, colour, 306 + width, y + 14, value));
        }
        return svg.append("</svg>\n").toString();
    }
}
