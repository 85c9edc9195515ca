package io.cioroutes.broker;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One refusal of the broker.
 *
 * @param subject what was declared, for example {@code queue cio.track}
 * @param replyCode AMQP reply code: 403 access refused, 406 other arguments than the existing one, …
 * @param reply the broker's own words
 */
public record TopologyProblem(String subject, int replyCode, String reply) {
    private static final int ACCESS_REFUSED = 403;

    /**
     * RabbitMQ's reply, for example {@code PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost
     * '/': received the value '1' of type 'signedint' but current is none}. It names the first argument that differs.
     */
    private static final Pattern INEQUIVALENT =
            Pattern.compile("inequivalent arg '([^']+)' for .*: received (.+) but current is (.+)", Pattern.DOTALL);

    private static final Pattern VALUE = Pattern.compile("(?:the value )?'([^']*)'(?: of type '[^']*')?");

    /** One line for people, for example {@code queue q: x-message-ttl is not set on the broker, but the service …}. */
    public String text() {
        Matcher matcher = INEQUIVALENT.matcher(reply);
        return matcher.find()
                ? "%s: %s is %s on the broker, but the service declares %s"
                        .formatted(subject, matcher.group(1), value(matcher.group(3)), value(matcher.group(2)))
                : subject + ": " + reply;
    }

    boolean accessRefused() {
        return replyCode == ACCESS_REFUSED;
    }

    private static String value(String text) {
        Matcher matcher = VALUE.matcher(text.strip());
        if (!matcher.matches()) {
            return "none".equals(text.strip()) ? "not set" : text.strip();
        }
        return matcher.group(1).isEmpty() ? "empty" : matcher.group(1);
    }
}
