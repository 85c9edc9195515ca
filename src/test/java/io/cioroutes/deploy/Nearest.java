package io.cioroutes.deploy;

import java.util.Collection;
import java.util.Comparator;

/** Finds the name that was probably meant. */
final class Nearest {

    private Nearest() {}

    /** A candidate that continues the name, or the one with the fewest letters to change; empty where there is none. */
    static String to(String name, Collection<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> candidate.startsWith(name) ? 0 : distance(name, candidate)))
                .orElse("");
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            int diagonal = i - 1;
            for (int j = 0; j <= b.length(); j++) {
                int above = row[j];
                if (i == 0 || j == 0) {
                    row[j] = i + j;
                } else {
                    int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                    row[j] = Math.min(replace, Math.min(above, row[j - 1]) + 1);
                }
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
