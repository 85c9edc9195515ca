package io.cioroutes.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the structure of Terraform's language: blocks, attributes and the text of their expressions, each with its line.
 * Expressions are not evaluated.
 */
final class Hcl {

    record Attribute(String name, String expression, int line) {}

    record Block(String type, List<String> labels, Body body, int line) {}

    record Body(List<Attribute> attributes, List<Block> blocks) {
        Stream<Block> blocks(String type) {
            return blocks.stream().filter(block -> block.type().equals(type));
        }

        Stream<Attribute> attributes(String name) {
            return attributes.stream().filter(attribute -> attribute.name().equals(name));
        }
    }

    /** The text does not follow the syntax. */
    static final class SyntaxException extends RuntimeException {
        SyntaxException(int line, String message) {
            super("line " + line + ": " + message);
        }
    }

    private final String text;
    private int position;
    private int line = 1;

    private Hcl(String text) {
        this.text = text;
    }

    static Body parse(String text) {
        Hcl reader = new Hcl(text);
        Body body = reader.body();
        if (reader.position < text.length()) {
            throw new SyntaxException(reader.line, "a closing brace too many");
        }
        return body;
    }

    /** The attributes of an object expression, such as {@code { a = 1, "b" = 2 }}; empty where it is none. */
    static List<Attribute> object(String expression) {
        String trimmed = expression.strip();
        if (!trimmed.startsWith("{") || trimmed.startsWith("{ for ") || trimmed.matches("(?s)\\{\\s*for\\s.*")) {
            return List.of();
        }
        return parse(trimmed.substring(1, trimmed.length() - 1)).attributes();
    }

    private Body body() {
        List<Attribute> attributes = new ArrayList<>();
        List<Block> blocks = new ArrayList<>();
        while (true) {
            skipBlank(true);
            if (position >= text.length() || text.charAt(position) == '}') {
                return new Body(attributes, blocks);
            }
            int start = line;
            String name = text.charAt(position) == '"' ? quoted() : identifier();
            skipBlank(false);
            if (peek('=') && !text.startsWith("==", position) || peek(':')) {
                position++;
                attributes.add(new Attribute(name, expression(), start));
            } else {
                blocks.add(block(name, start));
            }
        }
    }

    private Block block(String type, int start) {
        List<String> labels = new ArrayList<>();
        while (!peek('{')) {
            if (position >= text.length() || peek('\n')) {
                throw new SyntaxException(line, "\"" + type + "\" is followed by neither = nor {");
            }
            labels.add(peek('"') ? quoted() : identifier());
            skipBlank(false);
        }
        position++;
        Body body = body();
        if (!peek('}')) {
            throw new SyntaxException(start, "the block \"" + type + "\" is not closed");
        }
        position++;
        return new Block(type, labels, body, start);
    }

    private String identifier() {
        int start = position;
        while (position < text.length()
                && (Character.isLetterOrDigit(text.charAt(position)) || "_-".indexOf(text.charAt(position)) >= 0)) {
            position++;
        }
        if (start == position) {
            throw new SyntaxException(
                    line, position < text.length() ? "unexpected '" + text.charAt(position) + "'" : "unexpected end");
        }
        return text.substring(start, position);
    }

    private String quoted() {
        int start = position;
        string();
        return text.substring(start + 1, position - 1);
    }

    /** Up to the end of the line, or of the brackets that it opens. */
    private String expression() {
        int start = position;
        int depth = 0;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '"') {
                string();
                continue;
            }
            if (text.startsWith("<<", position)) {
                heredoc();
                continue;
            }
            if (c == '#' || text.startsWith("//", position) || text.startsWith("/*", position)) {
                if (depth == 0) {
                    break;
                }
                comment();
                continue;
            }
            if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                if (depth == 0) {
                    break;
                }
                depth--;
            } else if ((c == '\n' || c == ',') && depth == 0) {
                break;
            }
            if (c == '\n') {
                line++;
            }
            position++;
        }
        if (depth > 0) {
            throw new SyntaxException(line, "a bracket is not closed");
        }
        String expression = text.substring(start, position).strip();
        if (expression.isEmpty()) {
            throw new SyntaxException(line, "a value is missing");
        }
        return expression;
    }

    private void string() {
        int start = line;
        position++;
        while (!peek('"')) {
            if (position >= text.length() || peek('\n')) {
                throw new SyntaxException(start, "a string is not closed");
            }
            if (peek('\\')) {
                position += 2;
            } else if (text.startsWith("${", position) || text.startsWith("%{", position)) {
                if (position > 0 && text.charAt(position - 1) == text.charAt(position)) {
                    position += 2;
                } else {
                    interpolation(start);
                }
            } else {
                position++;
            }
        }
        position++;
    }

    private void interpolation(int start) {
        position += 2;
        int depth = 1;
        while (depth > 0) {
            if (position >= text.length()) {
                throw new SyntaxException(start, "an interpolation is not closed");
            }
            if (peek('"')) {
                string();
                continue;
            }
            depth += peek('{') ? 1 : peek('}') ? -1 : 0;
            position++;
        }
    }

    private void heredoc() {
        int start = line;
        int end = text.indexOf('\n', position);
        String marker = text.substring(position, end).replaceFirst("^<<-?", "").strip();
        position = end;
        do {
            position++;
            line++;
            end = text.indexOf('\n', position);
            if (end < 0) {
                throw new SyntaxException(start, "the text up to " + marker + " is not closed");
            }
            if (text.substring(position, end).strip().equals(marker)) {
                position = end;
                return;
            }
            position = end;
        } while (true);
    }

    private void comment() {
        boolean block = text.startsWith("/*", position);
        int end = block ? text.indexOf("*/", position) + 2 : text.indexOf('\n', position);
        if (end < 2 && block) {
            throw new SyntaxException(line, "a comment is not closed");
        }
        end = end < 0 ? text.length() : end;
        line += (int)
                text.substring(position, end).chars().filter(c -> c == '\n').count();
        position = end;
    }

    private void skipBlank(boolean linesToo) {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == ' ' || c == '\t' || c == '\r' || linesToo && (c == '\n' || c == ',')) {
                line += c == '\n' ? 1 : 0;
                position++;
            } else if (linesToo && (c == '#' || text.startsWith("//", position) || text.startsWith("/*", position))) {
                comment();
            } else {
                return;
            }
        }
    }

    private boolean peek(char c) {
        return position < text.length() && text.charAt(position) == c;
    }
}
