package io.cioroutes.command;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody probably meant. */
public final class SimilarName {

    /** Longer names are not typed by hand, and would cost time. */
    private static final int LONGEST = 40;

    private SimilarName() {}

    /** The most similar known name, where one differs by no more than a third of its letters. */
    public static Optional<String> of(String unknown, Collection<String> known) {
        if (unknown.length() > LONGEST) {
            return Optional.empty();
        }
        String simple = simplify(unknown);
        return known.stream()
                .filter(name -> distance(simple, simplify(name)) <= Math.max(1, (name.length() + 1) / 3))
                .min(Comparator.comparingInt(name -> distance(simple, simplify(name))));
    }

    /** user_id, USERID and user-id are all userId. */
    private static String simplify(String name) {
        return name.replaceAll("[_.\\- ]", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance: letters to insert, remove or replace. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
