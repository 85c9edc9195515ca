package io.cioroutes.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.cioroutes.sandbox.Activity;
import io.cioroutes.sandbox.Message;
import io.cioroutes.sandbox.Profile;
import io.cioroutes.sandbox.SandboxListener;
import java.util.Arrays;

/** When numbered messages were published, and when the sandbox accepted them. */
final class Arrivals implements SandboxListener {
    private final int first;
    private final long[] published;
    private final long[] accepted;

    /**
     * @param first the first {@code seq}
     * @param count how many
     */
    Arrivals(int first, int count) {
        this.first = first;
        this.published = new long[count];
        this.accepted = new long[count];
    }

    /** The message with this {@code seq} is published now; -1 for one without. */
    synchronized void published(int seq) {
        if (seq >= 0) {
            published[seq - first] = System.nanoTime();
        }
    }

    @Override
    public void onEventAccepted(Activity event) {
        accepted(event.data());
    }

    @Override
    public void onMessageAccepted(Message message) {
        accepted(message.data());
    }

    @Override
    public void onPersonChanged(Profile person, Activity change) {
        accepted(change.data());
    }

    private synchronized void accepted(JsonNode data) {
        int index = data == null ? -1 : data.path("seq").asInt(-1) - first;
        if (index >= 0 && index < accepted.length && accepted[index] == 0) {
            accepted[index] = System.nanoTime();
        }
    }

    /** Milliseconds from publishing to acceptance, ascending, of those messages whose acceptance was seen. */
    synchronized double[] latencies() {
        double[] millis = new double[accepted.length];
        int count = 0;
        for (int i = 0; i < accepted.length; i++) {
            if (accepted[i] != 0) {
                millis[count++] = (accepted[i] - published[i]) / 1e6;
            }
        }
        double[] sorted = Arrays.copyOf(millis, count);
        Arrays.sort(sorted);
        return sorted;
    }

    /** The value below which this share of the sorted values lies. */
    static double percentile(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
