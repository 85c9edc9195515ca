package io.cioroutes.sandbox;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Which whole numbers were seen, exactly: one bit for each value below ten million (1.2 MB). Not thread-safe. */
final class Sequence {
    static final int MAX = 10_000_000;

    private final BitSet seen = new BitSet();
    private int min = Integer.MAX_VALUE;
    private int max = -1;
    private int distinct;
    private long duplicates;
    private long outside;

    void seen(int value) {
        if (value < 0 || value >= MAX) {
            outside++;
        } else if (seen.get(value)) {
            duplicates++;
        } else {
            seen.set(value);
            distinct++;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
    }

    List<Integer> missing(int from, int to, int limit) {
        List<Integer> missing = new ArrayList<>();
        for (int value = seen.nextClearBit(from); value <= to && missing.size() < limit; ) {
            missing.add(value);
            value = seen.nextClearBit(value + 1);
        }
        return missing;
    }

    SandboxStats.Sequence summary() {
        return distinct == 0
                ? new SandboxStats.Sequence(null, null, 0, 0, 0, outside)
                : new SandboxStats.Sequence(min, max, distinct, duplicates, max - min + 1 - distinct, outside);
    }

    void clear() {
        seen.clear();
        min = Integer.MAX_VALUE;
        max = -1;
        distinct = 0;
        duplicates = 0;
        outside = 0;
    }
}
