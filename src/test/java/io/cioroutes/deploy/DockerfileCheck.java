package io.cioroutes.deploy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the Dockerfile against the project and the service, as far as it can be done without building it. */
final class DockerfileCheck {

    private static final ServiceSettings SETTINGS = new ServiceSettings();
    private static final Set<String> INSTRUCTIONS =
            Set.of("ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT");
    /** The layers of `java -Djarmode=tools … extract --layers` with files of their own, the loader apart. */
    private static final List<String> LAYERS = List.of("dependencies", "snapshot-dependencies", "application");

    private final Map<String, String> files;
    private final List<String> findings = new ArrayList<>();
    private final Map<String, Set<String>> stages = new LinkedHashMap<>();
    private final Map<String, String> last = new LinkedHashMap<>();
    private final List<String> copies = new ArrayList<>();

    /** @param files texts by path: Dockerfile, .dockerignore, deploy/container/placeholders.env */
    DockerfileCheck(Map<String, String> files) {
        this.files = files;
    }

    /** What is wrong. */
    List<String> findings() {
        instructions(files.get("Dockerfile"));
        if (!last.getOrDefault("USER", "0").matches("[1-9]\\d*")) {
            findings.add("the service must not run as root, and its user must be a number: Kubernetes checks it");
        }
        if (!last.getOrDefault("EXPOSE", "").equals("8080")) {
            findings.add("the service listens on 8080");
        }
        if (!last.getOrDefault("HEALTHCHECK", "").contains("healthcheck")) {
            findings.add("there is no health check");
        }
        LAYERS.stream()
                .filter(layer -> copies.stream().noneMatch(copy -> copy.endsWith("/" + layer + "/")))
                .forEach(layer -> findings.add("the layer " + layer + " is not copied"));
        environment();
        classArchive();
        return findings;
    }

    private void instructions(String dockerfile) {
        String stage = "";
        for (String line : dockerfile
                .replaceAll("(?m)^\\s*#.*\\n", "")
                .replace("\\\n", " ")
                .split("\n")) {
            if (line.isBlank()) {
                continue;
            }
            String[] parts = line.strip().split("\\s+", 2);
            if (!INSTRUCTIONS.contains(parts[0])) {
                findings.add("unknown instruction " + parts[0]);
                continue;
            }
            last.merge(
                    parts[0],
                    parts[1],
                    (before, now) -> parts[0].equals("RUN") || parts[0].equals("ENV") ? before + " " + now : now);
            if (parts[0].equals("FROM")) {
                Matcher named = Pattern.compile("\\S+ AS (\\w+)").matcher(parts[1]);
                stage = named.matches() ? named.group(1) : "";
                stages.put(stage, new LinkedHashSet<>());
                last.keySet().removeIf(name -> !name.equals("ARG"));
            } else if (parts[0].equals("ARG") && !parts[1].matches("JRE_IMAGE=[\\w./-]+:\\d[\\w.-]*")) {
                findings.add("the base image must be pinned to a version, not " + parts[1]);
            } else if (parts[0].equals("COPY")) {
                copy(parts[1].split("\\s+"));
            }
        }
    }

    private void copy(String[] words) {
        if (words[0].startsWith("--from=")) {
            copies.add(words[1]);
            if (!stages.containsKey(words[0].substring("--from=".length()))) {
                findings.add("there is no stage " + words[0].substring("--from=".length()));
            }
            return;
        }
        String source = words[0];
        boolean built = source.equals("target/customerio-routes.jar");
        if (!built && !Files.exists(Project.ROOT.resolve(source))) {
            findings.add("there is no " + source + " to copy");
        }
        if (files.get(".dockerignore")
                .lines()
                .filter(line -> line.startsWith("!"))
                .map(line -> Path.of(line.substring(1)))
                .noneMatch(allowed -> Path.of(source).startsWith(allowed))) {
            findings.add(".dockerignore keeps " + source + " out");
        }
    }

    private void environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        Matcher variable = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|(\\S+))").matcher(last.getOrDefault("ENV", ""));
        while (variable.find()) {
            variables.put(variable.group(1), variable.group(2) == null ? variable.group(3) : variable.group(2));
        }
        findings.addAll(SETTINGS.unread("ENV", variables.keySet()));
        if (!"prod".equals(variables.get("SPRING_PROFILES_ACTIVE"))) {
            findings.add("the image's profile must be prod");
        }
        Map<String, String> placeholders = new LinkedHashMap<>();
        files.get("deploy/container/placeholders.env")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("=", 2))
                .forEach(pair -> placeholders.put(pair[0], pair[1]));
        findings.addAll(SETTINGS.unread("placeholders.env", placeholders.keySet()));
        findings.addAll(SETTINGS.missing("placeholders.env", placeholders));
    }

    /** The archive that is used is the one that was written, with the same jar, wherever the process is started. */
    private void classArchive() {
        Matcher written = Pattern.compile("archive-classes\\.sh (\\S+) (\\S+)").matcher(last.getOrDefault("RUN", ""));
        Matcher used = Pattern.compile("-XX:SharedArchiveFile=([^\"]+)\".*\"-jar\", \"([^\"]+)\"")
                .matcher(last.getOrDefault("ENTRYPOINT", ""));
        if (!written.find() || !used.find()) {
            findings.add("the class archive must be written by the build and used by the entry point");
            return;
        }
        if (!used.group(1).equals(written.group(2)) || !used.group(2).equals(written.group(1))) {
            findings.add("the entry point uses " + used.group(1) + " with " + used.group(2) + ", written was "
                    + written.group(2) + " with " + written.group(1));
        }
        if (!written.group(1).startsWith("/")) {
            findings.add("the archive must be written for an absolute path: Java compares paths as they are written");
        }
        if (!last.getOrDefault("ENV", "")
                .contains("CIO_ROUTES_DIRECTORY=" + last.getOrDefault("WORKDIR", "") + "/routes")) {
            findings.add("the routes must be found from any working directory");
        }
    }
}
