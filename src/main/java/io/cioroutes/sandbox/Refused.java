package io.cioroutes.sandbox;

import java.util.List;

/** Ends the handling of a request that is refused as a whole. */
final class Refused extends RuntimeException {
    private final transient Answer answer;

    Refused(Answer answer) {
        super(String.join("; ", answer.reasons()), null, false, false);
        this.answer = answer;
    }

    /** Refuses with the Track v1 answer, if there is any problem. */
    static void unlessEmpty(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new Refused(
                    Answer.metaErrors(400, problems.stream().map(Problem::text).toList()));
        }
    }

    Answer answer() {
        return answer;
    }
}
