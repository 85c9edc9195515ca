package io.cioroutes.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/** A bounded, numbered list: entries are numbered from 1, and the oldest give way to new ones. Not thread-safe. */
final class Log<T> {
    private final int capacity;
    private final List<T> slots = new ArrayList<>();
    private long last;

    Log(int capacity) {
        this.capacity = capacity;
    }

    T append(LongFunction<T> entry) {
        T value = entry.apply(++last);
        if (slots.size() < capacity) {
            slots.add(value);
        } else {
            slots.set(slot(last), value);
        }
        return value;
    }

    /** Number of the newest entry; 0 while there is none. */
    long last() {
        return last;
    }

    /** The entry of this number, or null where it is not kept any more. */
    T get(long number) {
        return number < 1 || number > last || number <= last - slots.size() ? null : slots.get(slot(number));
    }

    void replace(long number, T entry) {
        if (get(number) != null) {
            slots.set(slot(number), entry);
        }
    }

    /** Newest first: up to {@code limit} entries with a number below {@code before} and above {@code after}. */
    List<T> newest(long before, long after, int limit, Predicate<T> filter) {
        List<T> found = new ArrayList<>();
        long oldest = Math.max(after, last - slots.size());
        for (long n = Math.min(before - 1, last); n > oldest && found.size() < limit; n--) {
            T entry = slots.get(slot(n));
            if (filter.test(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    /** Everything kept, oldest first. */
    List<T> all() {
        List<T> found = new ArrayList<>(slots.size());
        for (long n = last - slots.size() + 1; n <= last; n++) {
            found.add(slots.get(slot(n)));
        }
        return found;
    }

    void clear() {
        slots.clear();
        last = 0;
    }

    private int slot(long number) {
        return (int) ((number - 1) % capacity);
    }
}
