package io.cioroutes.sends;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** Remembers sends in memory: protects against redelivery while the process lives, not against its death. */
final class MemorySendStore implements SendStore {

    private record Entry(State state, long begunNanos) {}

    private final Cache<String, Entry> entries;

    /**
     * @param retention how long a send is remembered
     * @param size how many are remembered at most
     */
    MemorySendStore(Duration retention, long size) {
        entries = Caffeine.newBuilder()
                .expireAfterWrite(retention)
                .maximumSize(size)
                .build();
    }

    @Override
    public Claim begin(String key) {
        var known = new AtomicReference<Entry>();
        long now = System.nanoTime();
        entries.asMap().compute(key, (k, entry) -> {
            known.set(entry);
            return entry == null ? new Entry(State.SENDING, now) : entry;
        });
        Entry entry = known.get();
        return entry == null
                ? new Claim(State.NEW, Duration.ZERO)
                : new Claim(entry.state(), Duration.ofNanos(now - entry.begunNanos()));
    }

    @Override
    public void sent(String key) {
        entries.put(key, new Entry(State.SENT, System.nanoTime()));
    }

    @Override
    public void forget(String key) {
        entries.invalidate(key);
    }
}
