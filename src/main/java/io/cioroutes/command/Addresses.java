package io.cioroutes.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads lists of e-mail addresses as mail headers write them: {@code "Doe, Jane" <jane@example.com>, joe@example.com}. */
final class Addresses {

    private Addresses() {}

    /** The entries between the commas that separate them. Commas in quotes or angle brackets do not. */
    static List<String> split(String list) {
        List<String> entries = new ArrayList<>();
        StringBuilder entry = new StringBuilder();
        boolean quoted = false;
        boolean bracketed = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (quoted && c == '\\' && i + 1 < list.length()) {
                entry.append(c).append(list.charAt(++i));
                continue;
            }
            if (c == ',' && !quoted && !bracketed) {
                addTo(entries, entry);
                entry.setLength(0);
                continue;
            }
            quoted = c == '"' ? !quoted : quoted;
            bracketed = !quoted && (c == '<' || bracketed && c != '>');
            entry.append(c);
        }
        addTo(entries, entry);
        return entries;
    }

    /** The bare address of one entry, without its display name. Empty where there is none, as in a Liquid expression. */
    static Optional<String> addressOf(String entry) {
        int open = entry.lastIndexOf('<');
        int close = entry.lastIndexOf('>');
        String address = open >= 0 && close > open ? entry.substring(open + 1, close) : entry;
        return Optional.of(address.strip()).filter(Person::isAddress);
    }

    private static void addTo(List<String> entries, StringBuilder entry) {
        if (!entry.toString().isBlank()) {
            entries.add(entry.toString().strip());
        }
    }
}
