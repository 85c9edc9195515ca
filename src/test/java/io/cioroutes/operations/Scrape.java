package io.cioroutes.operations;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code /actuator/prometheus} answered.
 *
 * @param samples value by series, as it is written: {@code name{label="value",…}}
 * @param families type by the name of the metric
 */
record Scrape(Map<String, Double> samples, Map<String, String> families) {

    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    static Scrape of(String text) {
        Map<String, Double> samples = new LinkedHashMap<>();
        Map<String, String> families = new TreeMap<>();
        for (String line : text.split("\n")) {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                families.put(words[2], words[3]);
            } else if (!line.startsWith("#")) {
                int end = line.lastIndexOf(' ');
                samples.put(line.substring(0, end), Double.valueOf(line.substring(end + 1)));
            }
        }
        return new Scrape(samples, families);
    }

    /** The metric that a series belongs to, without the suffixes of a histogram. */
    private String family(String series) {
        String name = name(series);
        return families.containsKey(name) ? name : name.replaceFirst("_(bucket|count|sum)$", "");
    }

    private static String name(String series) {
        return series.replaceFirst("\\{.*", "");
    }

    /** Names of the labels of each metric, {@code le} of histograms aside. */
    Map<String, Set<String>> labelsByFamily() {
        Map<String, Set<String>> labels = new TreeMap<>();
        samples.keySet().forEach(series -> {
            Set<String> names = labels.computeIfAbsent(family(series), name -> new TreeSet<>());
            names.addAll(labels(series));
            names.remove("le");
        });
        return labels;
    }

    /** Names of the labels of each name that a query can use. */
    Map<String, Set<String>> labelsByName() {
        Map<String, Set<String>> labels = new HashMap<>();
        samples.keySet().forEach(series -> labels.computeIfAbsent(name(series), name -> new TreeSet<>())
                .addAll(labels(series)));
        return labels;
    }

    private static List<String> labels(String series) {
        List<String> labels = new ArrayList<>();
        Matcher label = LABEL.matcher(series);
        while (label.find()) {
            labels.add(label.group(1));
        }
        return labels;
    }

    /** The sum of the series of a name that have all of these labels, each as {@code name="value"}. */
    double sum(String name, String... labels) {
        return samples.entrySet().stream()
                .filter(sample -> name(sample.getKey()).equals(name))
                .filter(sample -> List.of(labels).stream().allMatch(sample.getKey()::contains))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
